"""What a new database starts with: the files of `fixtures/`, read, checked and written whole.

Keys are derived from the identifiers in the files (UUID version 5), so that the same row has the
same key in every database, and loading twice finds what it wrote before.
"""

import csv
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils.text import slugify

from geo.choices import AreaLevel, DemandMeasure, HolidayPolicy, OutlineKind
from geo.errors import IncompleteFixtures
from geo.imports.topojson import decode
from geo.models import (
    AdminArea,
    DemandEstimate,
    EligibilityRule,
    FixtureLoad,
    FundingAward,
    Location,
    NeedTerm,
    Organization,
    Phone,
    PostalPoint,
    Program,
    Project,
    ProjectIndicator,
    ProjectPartner,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceLanguage,
    ServiceNeed,
    Source,
)
from geo.opening import validate_hours
from geo.spatial import lon_lat
from geo.translation import MACHINE, compose

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "repere.quebec")
PROVINCE_CODE = "24"


def key(kind: str, *parts: str) -> uuid.UUID:
    """The key of a row of the fixtures, the same in every database."""
    return uuid.uuid5(NAMESPACE, ":".join((kind, *parts)))


def demand_key(
    measure: str, level: str, code: str, sector: str, starts_on: str, ends_on: str
) -> uuid.UUID:
    """The key of a figure of demand, from the files or from an operator; days as ISO dates."""
    return key("demand", measure, level, code, sector, starts_on, ends_on)


@dataclass
class Report:
    """What a load did, in rows by model name; `kept` differ from the files and were left so."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    unchanged: bool = False

    def lines(self) -> Iterator[str]:
        """The report in words."""
        if self.unchanged:
            yield "The fixtures have not changed since they were loaded: nothing to do."
            return
        if not self.created + self.updated + self.kept:
            yield "Every row is there already and as in the files."
        for name in sorted(self.created + self.updated):
            yield f"{name}: {self.created[name]} created, {self.updated[name]} updated"
        if kept := sum(self.kept.values()):
            yield (
                f"{kept} rows differ from the files and were left as they are: editors may have "
                "changed them. `load_fixtures --update` brings them in line with the files."
            )


def digest_of(folder: Path) -> str:
    """A fingerprint of every data file of the folder."""
    fingerprint = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".csv", ".json", ".topojson"} and "build" not in path.parts:
            fingerprint.update(path.relative_to(folder).as_posix().encode())
            fingerprint.update(path.read_bytes())
    return fingerprint.hexdigest()


@transaction.atomic
def load(folder: Path, *, update: bool = False) -> Report:
    """Write the fixtures to the database, all or nothing.

    Rows that are there already are left as they are, so that what editors changed stays; what
    belongs to a service (needs, places, areas, phones, languages, hours, rules) stays with it as a
    whole. Files that have not changed since the last load are not looked at again.

    Args:
        folder: the folder `fixtures/`.
        update: also bring rows that are there in line with the files, and take away what a
            service of the files no longer has. Outlines that an operator loaded from an official
            file are kept. A service that is gone from the files stays: mark it `defunct` there.

    Raises:
        IncompleteFixtures: a file is missing, unreadable, or names something that is nowhere.
    """
    # Two starts at the same time must not write the same rows.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('geo.fixtures'))")
    digest = digest_of(folder)
    last = FixtureLoad.objects.first()
    if last is not None and last.digest == digest and not update:
        return Report(unchanged=True)
    try:
        report = _Loader(folder, update).run()
        # Else a row that points nowhere would only be refused at the commit, past this function.
        connection.check_constraints()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IncompleteFixtures(
            f"The fixtures in {folder.name}/ cannot be loaded: {type(error).__name__} {error}. "
            "Nothing was written. Restore the files from the repository."
        ) from error
    except IntegrityError as error:
        raise IncompleteFixtures(
            f"The fixtures break a rule of the database: {error}. Nothing was written."
        ) from error
    FixtureLoad.objects.create(
        digest=digest, created=dict(report.created), updated=dict(report.updated)
    )
    return report


class _Loader:
    """One load: reads a file at a time and writes it before those that point to it."""

    def __init__(self, folder: Path, update: bool) -> None:
        self.folder = folder
        self.update = update
        self.report = Report()
        self.services_in_files: list[str] = []

    def run(self) -> Report:
        self.load_sources()
        self.load_areas()
        self.load_demand()
        self.load_postal_points()
        self.load_needs()
        organizations = self.json("directory/organizations.json")
        self.load_organizations(organizations)
        programs = self.json("programs.json")
        self.load_programs(programs)
        self.load_services(organizations)
        self.load_projects(programs)
        return self.report

    # Reading

    def json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def csv(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    # Writing

    def write(
        self, rows: Iterable[models.Model], *, keep: frozenset[str] = frozenset()
    ) -> set[uuid.UUID]:
        """Create the rows that are missing; with `update`, mend those that differ.

        Args:
            rows: rows of one model, each with its key.
            keep: fields that an update leaves as they are.

        Returns:
            The keys of the rows that were created.
        """
        wanted = list(rows)
        if not wanted:
            return set()
        model = type(wanted[0])
        name, manager = model.__name__, model._default_manager
        if repeated := [pk for pk, count in Counter(row.pk for row in wanted).items() if count > 1]:
            rows_again = [str(row) for row in wanted if row.pk in repeated]
            raise ValueError(f"{name} is there twice: {', '.join(rows_again[:4])}")
        there = manager.in_bulk([row.pk for row in wanted])
        missing = [row for row in wanted if row.pk not in there]
        manager.bulk_create(missing, batch_size=500)
        self.report.created[name] += len(missing)
        fields = [
            column
            for column in model._meta.concrete_fields
            if not column.primary_key and column.editable and column.name not in keep
        ]
        differing = [
            row
            for row in wanted
            if row.pk in there
            and any(
                getattr(row, column.attname) != getattr(there[row.pk], column.attname)
                for column in fields
            )
        ]
        if self.update and differing:
            manager.bulk_update(differing, [column.name for column in fields], batch_size=200)
            self.report.updated[name] += len(differing)
        else:
            self.report.kept[name] += len(differing)
        return {row.pk for row in missing}

    def write_parts(self, rows: Iterable[models.Model], new_services: set[uuid.UUID]) -> None:
        """Write what belongs to services: with a new service, or all of it with `update`.

        A part is not written to a service that was there before: an editor may have changed its
        set, and half of two sets is none (ranks and languages would collide).

        Args:
            rows: rows of one model that has a `service`; all that the files have.
            new_services: keys of the services that this load created.
        """
        wanted = list(rows)
        if self.update and wanted:
            # What the files no longer have, and what editors added beside it.
            model = type(wanted[0])
            services = {key("service", name) for name in self.services_in_files}
            model._default_manager.filter(service__in=services).exclude(
                pk__in=[row.pk for row in wanted]
            ).delete()
            self.write(wanted)
            return
        self.write(row for row in wanted if row.service_id in new_services)  # type: ignore[attr-defined]

    # One file after the other

    def load_sources(self) -> None:
        documents: dict[str, Mapping[str, Any]] = {}
        for sources in (
            self.json("areas/sources.json"),
            self.json("directory/sources.json"),
            self.json("demand/sources.json"),
            self.json("programs.json")["sources"],
        ):
            for name, document in sources.items():
                documents.setdefault(name, document)
        self.write(
            Source(
                id=key("source", name),
                key=name,
                citation=document["citation"],
                urls=document["urls"],
                publisher=document["publisher"] or "",
                licence=document["licence"] or "",
            )
            for name, document in documents.items()
        )

    def load_areas(self) -> None:
        mamh = key("source", "mamh-repertoire-municipalites")
        census = key("source", "statcan-census-2021")
        province = AdminArea(
            id=key("area", "province", PROVINCE_CODE),
            level=AreaLevel.PROVINCE,
            code=PROVINCE_CODE,
            name="Québec",
            slug="quebec",
            source_id=mamh,
            as_of="2023-11",
            confidence="A",
        )
        outlines = {
            feature["properties"]["code"]: feature["geometry"]
            for feature in decode(self.json("areas/regions.topojson"), "regions")
        }
        regions = {
            row["code"]: AdminArea(
                id=key("area", "region", row["code"]),
                level=AreaLevel.REGION,
                code=row["code"],
                name=row["name"],
                slug=row["slug"],
                parent=province,
                outline=_multipolygon(outlines[row["code"]]),
                outline_kind=OutlineKind.GENERALISED,
                outline_source_id=key("source", "repere-region-outlines"),
                population=int(row["population_2021"]),
                source_id=census,
                as_of="2021",
                confidence="A",
            )
            for row in self.csv("areas/regions.csv")
        }
        rows = self.csv("areas/municipalities.csv")
        mrcs = {
            row["mrc_code"]: AdminArea(
                id=key("area", "mrc", row["mrc_code"]),
                level=AreaLevel.MRC,
                code=row["mrc_code"],
                name=row["mrc_name"].removeprefix("MRC "),
                slug=slugify(row["mrc_name"].removeprefix("MRC ")),
                parent=regions[row["region_code"]],
                source_id=mamh,
                as_of="2023-11",
                confidence="A",
            )
            for row in rows
            if row["mrc_code"]
        }
        municipalities = (
            AdminArea(
                id=key("area", "municipality", row["code"]),
                level=AreaLevel.MUNICIPALITY,
                code=row["code"],
                name=row["name"],
                slug=slugify(row["name"]),
                designation=row["designation"],
                parent=mrcs[row["mrc_code"]] if row["mrc_code"] else regions[row["region_code"]],
                point=_point(row),
                # The register writes 0 for the villages whose people it does not count.
                population=int(row["population"] or 0) or None,
                source_id=mamh,
                as_of="2023-11",
                confidence="A",
            )
            for row in rows
        )
        official = AdminArea.objects.filter(outline_kind=OutlineKind.OFFICIAL).exists()
        keep = frozenset({"outline", "outline_kind", "outline_source"}) if official else frozenset()
        for level in ([province], regions.values(), mrcs.values(), municipalities):
            self.write(level, keep=keep)

    def load_demand(self) -> None:
        texts = self.json("demand/texts.json")

        def caveat(names: str) -> dict[str, Any]:
            """The sentences that a figure names, joined in each language."""
            sentences = [texts["caveats"][name] for name in names.split(";")]
            return compose(
                {
                    "fr": " ".join(sentence["fr"] for sentence in sentences),
                    **{
                        language: {
                            MACHINE: " ".join(sentence[language][MACHINE] for sentence in sentences)
                        }
                        for language in ("en", "es")
                    },
                }
            )

        figures = [
            DemandEstimate(
                id=demand_key(
                    DemandMeasure.LMIA_POSITIONS,
                    AreaLevel.REGION,
                    row["region"],
                    row["sector"],
                    row["period_starts_on"],
                    row["period_ends_on"],
                ),
                area_id=key("area", "region", row["region"]),
                measure=DemandMeasure.LMIA_POSITIONS,
                sector=row["sector"],
                period_starts_on=date.fromisoformat(row["period_starts_on"]),
                period_ends_on=date.fromisoformat(row["period_ends_on"]),
                value=int(row["value"]),
                method=texts["method"],
                caveat=caveat(row["caveats"]),
                source_id=key("source", "esdc-positive-lmia"),
                # The list of a quarter is dated by its last month.
                as_of=row["period_ends_on"][:7],
                confidence="B",
            )
            for row in self.csv("demand/lmia_positions.csv")
        ]
        # A figure that an editor entered under a key of its own is the same figure.
        entered = {
            figure.identity: figure.pk
            for figure in DemandEstimate.objects.filter(measure=DemandMeasure.LMIA_POSITIONS)
        }
        self.write(
            figure for figure in figures if entered.get(figure.identity, figure.pk) == figure.pk
        )

    def load_postal_points(self) -> None:
        self.write(
            PostalPoint(
                id=key("postal", row["code"]),
                code=row["code"],
                place=row["place"],
                point=_point(row),
                precision=row["precision"],
                source_id=key("source", "geonames-postal"),
                as_of="2022",
                confidence="B",
            )
            for row in self.csv("areas/postal_points.csv")
        )

    def load_needs(self) -> None:
        terms = self.json("needs.json")["terms"]

        def row(term: Mapping[str, Any], order: int, parent: str | None = None) -> NeedTerm:
            return NeedTerm(
                id=key("need", term["code"]),
                code=term["code"],
                parent_id=key("need", parent) if parent else None,
                name=compose(term["name"]),
                synonyms=term["synonyms"],
                icon=term.get("icon", ""),
                order=order,
                is_everyday=term["everyday"],
            )

        self.write(row(term, order) for order, term in enumerate(terms, 1))
        self.write(
            row(child, order, term["code"])
            for term in terms
            for order, child in enumerate(term["children"], 1)
        )

    def load_organizations(self, organizations: list[dict[str, Any]]) -> None:
        def rows(children: bool) -> Iterator[Organization]:
            for entry in organizations:
                if bool(entry["parent"]) is children:
                    yield Organization(
                        id=key("organization", entry["id"]),
                        name=compose(entry["name"]),
                        alternate_name=entry["alternate_name"] or "",
                        description=compose(entry["description"]),
                        kind=entry["kind"],
                        parent_id=_optional("organization", entry["parent"]),
                        website=entry["website"],
                        email=entry["email"],
                        **_sourced(entry),
                    )

        self.write(rows(children=False))
        self.write(rows(children=True))

    def load_programs(self, document: Mapping[str, Any]) -> None:
        self.write(
            Program(
                id=key("program", entry["id"]),
                code=entry["id"],
                name=compose(entry["name"]),
                description=compose(entry["description"]),
                organization_id=_optional("organization", entry["organization"]),
                funder=entry["funder"] or "",
                status=entry["status"],
                starts_on=entry["starts_on"] or "",
                ends_on=entry["ends_on"] or "",
                **_sourced(entry),
            )
            for entry in document["programs"]
        )

    def load_services(self, organizations: list[dict[str, Any]]) -> None:
        services = [
            (organization, service)
            for organization in organizations
            for service in organization["services"]
        ]
        self.write(
            Location(
                id=key("location", entry["id"]),
                organization_id=key("organization", organization["id"]),
                name=entry["name"],
                address=entry["address"],
                municipality_id=_optional("area:municipality", entry["municipality"]),
                locality=entry["locality"],
                province=entry["province"],
                postal_code=entry["postal_code"],
                point=_point(entry),
                precision=entry["precision"],
                address_visibility=entry["address_visibility"],
                timezone=entry["tz"],
                position_source_id=_optional("source", entry["position_source"]),
                **_sourced(entry),
            )
            for organization in organizations
            for entry in organization["locations"]
        )
        self.services_in_files = [entry["id"] for _organization, entry in services]
        new = self.write(
            Service(
                id=key("service", entry["id"]),
                organization_id=key("organization", organization["id"]),
                program_id=_optional("program", entry["program"]),
                name=compose(entry["name"]),
                description=compose(entry["description"]),
                alert=compose(entry["alert"]),
                status=entry["status"],
                status_note=compose(entry["status_note"]),
                review_status=entry["review_status"],
                review_reason=entry["review_reason"],
                review_note=entry["review_note"],
                delivery_modes=entry["delivery_modes"],
                access_modes=entry["access_modes"],
                fee_kind=entry["fee_kind"],
                fees_description=compose(entry["fees_description"]),
                papers_asked=entry["papers_asked"],
                ramq_needed=entry["ramq_needed"],
                employer_told=entry["employer_told"],
                is_everyday=entry["everyday"],
                is_shelter=entry["is_shelter"],
                url=entry["url"],
                email=entry["email"],
                **_sourced(entry),
            )
            for organization, entry in services
        )
        self.write_parts(
            (
                ServiceNeed(
                    id=key("service_need", entry["id"], code),
                    service_id=key("service", entry["id"]),
                    term_id=key("need", code),
                    rank=rank,
                )
                for _organization, entry in services
                for rank, code in enumerate(entry["needs"], 1)
            ),
            new,
        )
        self.write_parts(
            (
                ServiceAtLocation(
                    id=key("service_at_location", entry["id"], place),
                    service_id=key("service", entry["id"]),
                    location_id=key("location", place),
                    **_sourced(entry),
                )
                for _organization, entry in services
                for place in entry["at"]
            ),
            new,
        )
        self.write_parts(
            (
                ServiceArea(
                    id=key("service_area", entry["id"], area["extent"], area["code"]),
                    service_id=key("service", entry["id"]),
                    area_id=key("area", area["extent"], area["code"]),
                    evidence=area["evidence"],
                    **_sourced(entry),
                )
                for _organization, entry in services
                for area in entry["areas"]
            ),
            new,
        )
        self.write_parts(
            (
                Phone(
                    id=key(
                        "phone", entry["id"], phone["number"], phone["extension"], phone["type"]
                    ),
                    service_id=key("service", entry["id"]),
                    number=phone["number"],
                    extension=phone["extension"],
                    type=phone["type"],
                    is_toll_free=phone["toll_free"],
                    trust=phone["trust"],
                    note=compose(phone["note"]),
                    languages=phone["languages"],
                    rank=rank,
                    **_sourced(phone),
                )
                for _organization, entry in services
                for rank, phone in enumerate(entry["phones"], 1)
            ),
            new,
        )
        self.write_parts(
            (
                ServiceLanguage(
                    id=key("language", entry["id"], language["code"]),
                    service_id=key("service", entry["id"]),
                    code=language["code"],
                    mode=language["mode"] or "",
                    note=compose(language["note"]),
                    **_sourced(entry),
                )
                for _organization, entry in services
                for language in entry["languages"]
            ),
            new,
        )
        self.write_parts(
            (
                Schedule(
                    id=key("schedule", entry["id"], str(number)),
                    service_id=key("service", entry["id"]),
                    hours_status=schedule["hours_status"],
                    text=compose(schedule["text"]),
                    opening_hours=_hours(schedule["osm"]),
                    holiday_policy=schedule.get("holidays", HolidayPolicy.UNKNOWN),
                    by_appointment=schedule["by_appointment"],
                    **_sourced(entry),
                )
                for _organization, entry in services
                for number, schedule in enumerate(entry["schedules"], 1)
            ),
            new,
        )

        self.write_parts(
            (
                EligibilityRule(
                    id=key("eligibility", entry["id"], str(number)),
                    service_id=key("service", entry["id"]),
                    targeting=rule["targeting"],
                    dimension=rule["dimension"],
                    values=rule["values"],
                    text=compose(rule.get("text", {})),
                    **_sourced(entry),
                )
                for _organization, entry in services
                for number, rule in enumerate(entry.get("eligibility", []), 1)
            ),
            new,
        )

    def load_projects(self, document: Mapping[str, Any]) -> None:
        projects = document["projects"]
        self.write(
            Project(
                id=key("project", entry["id"]),
                code=entry["id"],
                program_id=key("program", entry["program"]),
                title=compose(entry["title"]),
                summary=compose(entry["summary"]),
                status=entry["status"],
                starts_on=entry["starts_on"] or "",
                ends_on=entry["ends_on"] or "",
                sectors=entry["sectors"],
                is_platform=entry["is_platform"],
                **_sourced(entry),
            )
            for entry in projects
        )
        self.write(
            ProjectPartner(
                id=key("project_partner", entry["id"], partner["organization"]),
                project_id=key("project", entry["id"]),
                organization_id=key("organization", partner["organization"]),
                role=partner["role"],
            )
            for entry in projects
            for partner in entry["partners"]
        )
        for entry in projects:
            project = Project.objects.get(code=entry["id"])
            regions = [key("area", "region", code) for code in entry["regions"]]
            project.regions.add(*AdminArea.objects.filter(pk__in=regions))
            services = [key("service", name) for name in entry["services"]]
            project.services.add(*Service.objects.filter(pk__in=services))
        self.write(
            FundingAward(
                id=key("award", entry["id"]),
                code=entry["id"],
                program_id=_optional("program", entry["program"]),
                project_id=_optional("project", entry["project"]),
                recipient_id=_optional("organization", entry["recipient"]),
                funder=entry["funder"] or "",
                amount_cad=entry["amount_cad"],
                qualifier=entry["qualifier"],
                disclosure=entry["disclosure"],
                starts_on=entry["starts_on"] or "",
                ends_on=entry["ends_on"] or "",
                note=compose(entry["note"]),
                **_sourced(entry),
            )
            for entry in document["awards"]
        )
        self.write(
            ProjectIndicator(
                id=key("indicator", entry["id"]),
                code=entry["id"],
                program_id=_optional("program", entry["program"]),
                project_id=_optional("project", entry["project"]),
                region_id=_optional("area:region", entry["region"]),
                kind=entry["kind"],
                value=entry["value"],
                qualifier=entry["qualifier"],
                period_start=entry["period_start"] or "",
                period_end=entry["period_end"] or "",
                note=compose(entry["note"]),
                **_sourced(entry),
            )
            for entry in document["indicators"]
        )


def _optional(kind: str, name: str | None) -> uuid.UUID | None:
    return key(kind, name) if name else None


def _hours(expression: str) -> str:
    """Hours in the grammar; the database cannot tell whether they are.

    Raises:
        ValueError: nobody can evaluate them; says what to write instead.
    """
    try:
        if expression:
            validate_hours(expression)
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error
    return expression


def _sourced(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source_id": key("source", entry["source"]),
        "as_of": entry["as_of"] or "",
        "confidence": entry["confidence"],
    }


def _point(row: Mapping[str, Any]):
    if row["longitude"] in ("", None):
        return None
    return lon_lat(float(row["longitude"]), float(row["latitude"]))


def _multipolygon(geometry: Mapping[str, Any]) -> MultiPolygon:
    outline = GEOSGeometry(json.dumps(geometry), srid=4326)
    return outline if isinstance(outline, MultiPolygon) else MultiPolygon(outline, srid=4326)
