"""Referrals, for the software of their two sides. A stranger's is a 404, whatever it is."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone, translation
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import PROBLEM_JSON
from api.referrals import bodies
from api.referrals.access import KeyAuthentication, OpensThis, PerKey, key_of
from api.referrals.fields import NothingSent
from api.v1.views import ProblemSerializer, query_parameter
from geo.choices import AuditVerb, ReferralStatus, TokenScope, Urgency
from geo.models import Organization, Referral, ReferralAudit, ReferralEvent
from geo.referrals.sending import agree

# Wrong codes of one organization, whatever the referral.
MOST_WRONG_CODES = 5
WRONG_CODES_WITHIN = timedelta(minutes=1)

READ, WRITE = TokenScope.READ.value, TokenScope.WRITE.value


def problems(*statuses: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    """What can go wrong beside a key that does not open, for the schema."""
    known = (400, 401, 403, 429, *statuses)
    return {(status, PROBLEM_JSON): ProblemSerializer for status in sorted(known)}


def example(name: str, value: dict[str, Any]) -> list[OpenApiExample]:
    """What is sent, as the schema and the page for people show it."""
    return [OpenApiExample(name, value=value, request_only=True)]


class ShallowJSONParser(JSONParser):
    """JSON that is not nested without end."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """The values.

        Raises:
            ParseError: it is no JSON, or nobody could read it.
        """
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise exceptions.ParseError("The JSON is nested too deep.") from error


class SoftwareView(APIView):
    """An address for the software of an organization.

    `scopes` says by method which scope opens it. Answers are for nobody else and kept by nobody.
    """

    authentication_classes = [KeyAuthentication]
    permission_classes = [OpensThis]
    throttle_classes = [PerKey]
    parser_classes = [ShallowJSONParser]
    # No page of another site calls this: there is no CORS, so nobody needs to ask beforehand.
    metadata_class = None
    scopes: dict[str, str] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say what is wrong in one language, whatever the software speaks."""
        translation.activate("en")
        super().initial(request, *args, **kwargs)

    def finalize_response(self, *args: Any, **kwargs: Any) -> Response:
        """Nobody keeps the answer."""
        response = super().finalize_response(*args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    @property
    def organization(self) -> Organization:
        """Whose software asks."""
        return key_of(self.request).organization


class ReferralView(SoftwareView):
    """An address about one referral."""

    def referral(self, key: UUID) -> Referral:
        """The referral, if the organization is one of its sides.

        Raises:
            Http404: it is not, or there is none.
        """
        found = _whole(Referral.objects.visible_to_organization(self.organization))
        referral = found.filter(pk=key).first()
        if referral is None:
            raise Http404
        return referral

    def told(self, referral: Referral, status: int = HTTPStatus.OK) -> Response:
        """The referral as it is now."""
        fresh = self.referral(referral.pk)
        return Response(bodies.referral_of(fresh, self.organization), status=status)

    def note(self, verb: AuditVerb, referral: Referral | None = None) -> None:
        """Write into the audit trail that the software looked."""
        ReferralAudit.objects.note(
            verb, organization=self.organization.pk, referral=referral.pk if referral else None
        )


def _whole(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """With all that a body tells, in one question."""
    return referrals.select_related("need", "worker_region", "consent").defer(
        "worker_region__outline", "worker_region__point"
    )


LIST_PARAMETERS = [
    query_parameter("direction", "Which side your organization is.", enum=["sent", "received"]),
    query_parameter("status", "Status, by the clock.", enum=ReferralStatus.values),
    query_parameter("need", "Code of a need of level 1."),
    query_parameter(
        "region",
        "Code of the region of the person.",
        {"type": "string", "pattern": "^(0[1-9]|1[0-7])$"},
    ),
    query_parameter("urgency", "Urgency.", enum=Urgency.values),
    query_parameter(
        "since",
        "Written or moved at that moment or later.",
        {"type": "string", "format": "date-time"},
    ),
    query_parameter(
        "limit",
        "How many at the most.",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": bodies.MAX_LIMIT,
            "default": bodies.DEFAULT_LIMIT,
        },
    ),
    query_parameter("after", "Where a page begins: follow the link `next` and do not make one."),
]


class ReferralList(ReferralView):
    """Those that the organization sent or received."""

    http_method_names = ["get", "head", "post"]
    scopes = {"GET": READ, "HEAD": READ, "POST": WRITE}

    @extend_schema(
        operation_id="listReferrals",
        summary="Referrals that your organization sent or received, the latest first",
        description="Wants a key with the scope `referrals:read`.",
        parameters=LIST_PARAMETERS,
        responses={200: bodies.ReferralListSerializer} | problems(),
    )
    def get(self, request: Request) -> Response:
        """Answer with a page."""
        asked = bodies.ReferralParams.read(request)
        page = _whole(_asked_for(self.organization, asked))[: asked["limit"] + 1]
        told = [bodies.referral_of(referral, self.organization) for referral in page]
        self.note(AuditVerb.LISTED)
        links = [_link(request, "self", {})]
        if len(told) > asked["limit"]:
            told.pop()
            links.append(_link(request, "next", {"after": bodies.where_after(told[-1])}))
        return Response({"referrals": told, "links": links})

    @extend_schema(
        operation_id="writeReferral",
        summary="Write a draft",
        description=(
            "Wants a key with the scope `referrals:write`. Your organization is the sender, "
            "whatever is sent. Nobody else hears of a draft; one that is not sent is deleted after "
            "7 days. A member that is not listed here is refused: no personal data is accepted."
        ),
        request={"application/json": bodies.NewReferral},
        examples=example(
            "Rights, this week",
            {
                "to_organization": "0b8f5c7e-3a51-4c39-9f0a-5a1c9d5f7e21",
                "need": "droits",
                "language_needed": "es",
                "worker_region": "11",
                "urgency": "this_week",
                "handover": "worker_calls",
                "sandbox": True,
            },
        ),
        responses={201: bodies.ReferralSerializer} | problems(409, 415),
    )
    def post(self, request: Request) -> Response:
        """Answer with the draft and its code."""
        sent = bodies.NewReferral.read(request.data)
        sender = self.organization
        if sent.get("to_organization") == sender:
            raise exceptions.ValidationError({"to_organization": "Expected another organization."})
        referral = Referral(
            from_org=sender,
            to_org=sent.get("to_organization"),
            to_service=sent["to_service"],
            need=sent["need"],
            language_needed=sent["language_needed"],
            interpreter_needed=sent["interpreter_needed"],
            worker_region=sent["worker_region"],
            urgency=sent["urgency"],
            handover=sent["handover"],
            sandbox=sent["sandbox"],
        )
        referral.write(referral.actor_of_software(sender))
        response = self.told(referral, HTTPStatus.CREATED)
        response["Location"] = reverse("api:referral-detail", args=[referral.pk])
        return response


class ReferralDetail(ReferralView):
    """One referral."""

    http_method_names = ["get", "head", "delete"]
    scopes = {"GET": READ, "HEAD": READ, "DELETE": WRITE}

    @extend_schema(
        operation_id="getReferral",
        summary="One referral",
        description="Wants a key with the scope `referrals:read`.",
        responses={200: bodies.ReferralSerializer} | problems(404),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Answer with it."""
        bodies.SoftwareParams.read(request)
        referral = self.referral(pk)
        self.note(AuditVerb.SEEN, referral)
        return Response(bodies.referral_of(referral, self.organization))

    @extend_schema(
        operation_id="deleteReferral",
        summary="Delete a draft of yours",
        description=(
            "Wants a key with the scope `referrals:write`. What was sent is withdrawn instead."
        ),
        responses={204: None} | problems(404, 409),
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Answer with nothing."""
        referral = self.referral(pk)
        referral.discard(referral.actor_of_software(self.organization))
        return Response(status=HTTPStatus.NO_CONTENT)


class ReferralWriting(ReferralView):
    """An address that changes one referral."""

    http_method_names = ["post"]
    scopes = {"POST": WRITE}


class ReferralConsent(ReferralWriting):
    """That the person agreed."""

    @extend_schema(
        operation_id="recordConsent",
        summary="Record that the person agreed, for a draft of yours",
        description=(
            "Wants a key with the scope `referrals:write`. Takes the place of the consent before. "
            "Read the text to the person first, in a language that the person speaks."
        ),
        request={"application/json": bodies.NewConsent},
        examples=example(
            "Read aloud in Spanish",
            {
                "method": "oral",
                "language": "es",
                "text_version": 1,
                "organizations": ["0b8f5c7e-3a51-4c39-9f0a-5a1c9d5f7e21"],
                "expires_on": "2027-01-20",
            },
        ),
        responses={200: bodies.ReferralSerializer} | problems(404, 409, 415),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer with the referral."""
        referral = self.referral(pk)
        agree(
            referral,
            referral.actor_of_software(self.organization),
            **bodies.NewConsent.read(request.data),
        )
        return self.told(referral)


class ReferralSending(ReferralWriting):
    """A draft leaves."""

    @extend_schema(
        operation_id="sendReferral",
        summary="Send a draft of yours",
        description=(
            "Wants a key with the scope `referrals:write`, and a live consent for the organization "
            "that it goes to. The status is `sent`, or `held` where a coordinator looks first."
        ),
        request=None,
        responses={200: bodies.ReferralSerializer} | problems(404, 409, 415),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer with the referral."""
        referral = self.referral(pk)
        NothingSent.read(request.data)
        referral.send(referral.actor_of_software(self.organization))
        return self.told(referral)


class ReferralMoves(ReferralWriting):
    """A step in its life."""

    @extend_schema(
        operation_id="moveReferral",
        summary="Answer a referral, say how it went, or withdraw it",
        description=(
            "Wants a key with the scope `referrals:write`. `may_become` says what is open to you. "
            "A code that is not the one of the referral is 422; after five of them within a minute "
            "your organization waits (429)."
        ),
        request={"application/json": bodies.Move},
        examples=example("No room", {"status": "refused", "refusal_reason": "no_capacity"}),
        responses={200: bodies.ReferralSerializer} | problems(404, 409, 415, 422),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer with the referral."""
        referral = self.referral(pk)
        sent = bodies.Move.read(request.data)
        if sent["status"] == ReferralStatus.MET:
            self.check_tries()
        referral.move_to(
            ReferralStatus(sent["status"]),
            by=referral.actor_of_software(self.organization),
            reason=sent.get("refusal_reason", ""),
            outcome=sent.get("outcome", ""),
            code=sent.get("code", ""),
        )
        return self.told(referral)

    def check_tries(self) -> None:
        """Stop who guesses codes. Counted in the audit trail, so for all processes together.

        Raises:
            Throttled: too many were wrong.
        """
        wrong = ReferralAudit.objects.filter(
            actor=None,
            organization=self.organization.pk,
            verb=AuditVerb.CODE_FAILED,
            at__gt=timezone.now() - WRONG_CODES_WITHIN,
        ).count()
        if wrong >= MOST_WRONG_CODES:
            raise exceptions.Throttled(wait=WRONG_CODES_WITHIN.total_seconds())


class ReferralRedirection(ReferralWriting):
    """It is passed on."""

    @extend_schema(
        operation_id="redirectReferral",
        summary="Pass a referral on to another organization",
        description=(
            "Wants a key with the scope `referrals:write`. The new referral is sent at once where "
            "the consent covers that organization; else it waits as a draft of the sender."
        ),
        request={"application/json": bodies.Redirection},
        examples=example(
            "To a neighbour", {"to_organization": "0b8f5c7e-3a51-4c39-9f0a-5a1c9d5f7e21"}
        ),
        responses={201: bodies.RedirectedSerializer} | problems(404, 409, 415),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer with the referral as it is now, and the new one."""
        referral = self.referral(pk)
        sent = bodies.Redirection.read(request.data)
        child = referral.redirect(
            referral.actor_of_software(self.organization),
            sent["to_organization"],
            sent["to_service"],
        )
        is_sender = referral.from_org_id == self.organization.pk
        told = bodies.referral_of(self.referral(pk), self.organization)
        response = Response(
            {"referral": told, "redirected_to": child.pk if is_sender else None},
            status=HTTPStatus.CREATED,
        )
        if is_sender:
            response["Location"] = reverse("api:referral-detail", args=[child.pk])
        return response


class ReferralEvents(ReferralView):
    """How it came to where it stands."""

    http_method_names = ["get", "head"]
    scopes = {"GET": READ, "HEAD": READ}

    @extend_schema(
        operation_id="listReferralEvents",
        summary="The moves of a referral: by what, and never by whom",
        description=(
            "Wants a key with the scope `referrals:read`. The receiver sees them from the moment "
            "it was sent."
        ),
        responses={200: bodies.ReferralTraceSerializer} | problems(404),
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Answer with them."""
        bodies.SoftwareParams.read(request)
        referral = self.referral(pk)
        self.note(AuditVerb.SEEN, referral)
        is_sender = referral.from_org_id == self.organization.pk
        events = bodies.events_of(list(referral.events.all()), since_sent=not is_sender)
        return Response({"events": events})


def _asked_for(organization: Organization, asked: dict[str, Any]) -> QuerySet[Referral]:
    """The referrals of a question, in their order."""
    match asked.get("direction"):
        case "sent":
            found = Referral.objects.sent_by(organization)
        case "received":
            found = Referral.objects.received_by(organization)
        case _:
            found = Referral.objects.visible_to_organization(organization)
    if "status" in asked:
        found = found.shown_as(asked["status"])
    columns = {"need": "need", "region": "worker_region", "urgency": "urgency"}
    found = found.filter(
        **{column: asked[name] for name, column in columns.items() if name in asked}
    )
    if "since" in asked:
        moved = ReferralEvent.objects.filter(referral=OuterRef("pk"), at__gte=asked["since"])
        found = found.filter(Exists(moved))
    if "after" in asked:
        day, key = asked["after"]
        found = found.filter(Q(created_on__lt=day) | Q(created_on=day, pk__gt=key))
    return found.order_by("-created_on", "pk")


def _link(request: Request, rel: str, changed: dict[str, str]) -> dict[str, str]:
    query = urlencode(request.query_params.dict() | changed)
    href = request.build_absolute_uri(f"{request.path}{'?' if query else ''}{query}")
    return {"href": href, "rel": rel, "type": "application/json"}
