"""What else the software of an organization does: the room of its services, and its webhooks."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.referrals import bodies
from api.referrals.access import PerKey
from api.referrals.fields import NothingSent
from api.referrals.views import SoftwareView, example, problems
from geo.choices import TokenScope
from geo.models import Service, ServiceCapacity, Webhook
from geo.referrals import webhooks

CAPACITY, HOOKS = TokenScope.CAPACITY.value, TokenScope.WEBHOOKS.value


class Outgoing(PerKey):
    """A key makes the server call somebody."""

    scope = "outgoing"
    rate = "6/min"


class Capacity(SoftwareView):
    """How much room a service has."""

    http_method_names = ["put"]
    scopes = {"PUT": CAPACITY}

    @extend_schema(
        operation_id="sayCapacity",
        summary="Say how much room a service of yours has",
        description="Wants a key with the scope `capacity:write`. The network sees it at once.",
        request={"application/json": bodies.NewCapacity},
        examples=example("Nearly full", {"level": "low", "is_accepting": True}),
        responses={200: bodies.CapacitySerializer} | problems(404, 415),
    )
    def put(self, request: Request, service_id: UUID) -> Response:
        """Answer with what is known now."""
        service = Service.objects.filter(pk=service_id, organization=self.organization).first()
        if service is None:
            raise Http404
        sent = bodies.NewCapacity.read(request.data)
        said, _created = ServiceCapacity.objects.update_or_create(
            service=service, defaults=sent | {"said_at": timezone.now(), "said_by": None}
        )
        return Response(
            {
                "service": service.pk,
                "level": said.level,
                "is_accepting": said.is_accepting,
                "said_at": said.said_at,
            }
        )


class WebhookList(SoftwareView):
    """Addresses that are called."""

    http_method_names = ["get", "head", "post"]
    scopes = {"GET": HOOKS, "HEAD": HOOKS, "POST": HOOKS}

    @extend_schema(
        operation_id="listWebhooks",
        summary="Addresses that are called when a referral of yours moves",
        description="Wants a key with the scope `webhooks:write`.",
        responses={200: bodies.WebhookListSerializer} | problems(),
    )
    def get(self, request: Request) -> Response:
        """Answer with all of them: there are few."""
        bodies.SoftwareParams.read(request)
        hooks = self.organization.webhooks.all()
        return Response({"webhooks": [bodies.webhook_of(hook) for hook in hooks]})

    @extend_schema(
        operation_id="addWebhook",
        summary="Ask to be called when a referral of yours moves",
        description=(
            "Wants a key with the scope `webhooks:write`. `secret` signs the calls and is told "
            "this once. An address that is not of the public Internet is 422."
        ),
        request={"application/json": bodies.NewWebhook},
        examples=example("Yours", {"url": "https://example.org/repere"}),
        responses={201: bodies.CreatedWebhookSerializer} | problems(415, 422),
    )
    def post(self, request: Request) -> Response:
        """Answer with the webhook and its secret."""
        sent = bodies.NewWebhook.read(request.data)
        hook, secret = webhooks.add(self.organization, sent["url"])
        response = Response(bodies.webhook_of(hook) | {"secret": secret}, status=HTTPStatus.CREATED)
        response["Location"] = reverse("api:webhook-detail", args=[hook.pk])
        return response


class WebhookView(SoftwareView):
    """An address about one webhook."""

    def webhook(self, key: UUID) -> Webhook:
        """A webhook of the organization.

        Raises:
            Http404: it is another's, or there is none.
        """
        hook = self.organization.webhooks.filter(pk=key).first()
        if hook is None:
            raise Http404
        return hook


class WebhookDetail(WebhookView):
    """One of them."""

    http_method_names = ["delete"]
    scopes = {"DELETE": HOOKS}

    @extend_schema(
        operation_id="removeWebhook",
        summary="Ask not to be called any more",
        description="Wants a key with the scope `webhooks:write`. Calls that wait are dropped.",
        responses={204: None} | problems(404),
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Answer with nothing."""
        self.webhook(pk).delete()
        return Response(status=HTTPStatus.NO_CONTENT)


class WebhookTest(WebhookView):
    """A call about nothing."""

    http_method_names = ["post"]
    scopes = {"POST": HOOKS}
    throttle_classes = [PerKey, Outgoing]

    @extend_schema(
        operation_id="testWebhook",
        summary="Be called once, about nothing, now",
        description=(
            "Wants a key with the scope `webhooks:write`. The event is `webhook.test`; six a "
            "minute at the most."
        ),
        request=None,
        responses={200: bodies.WebhookTestSerializer} | problems(404, 415),
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Answer with what came back."""
        hook = self.webhook(pk)
        NothingSent.read(request.data)
        answer = webhooks.call_for_a_test(hook)
        return Response({"answer": answer, "arrived": webhooks.is_success(answer)})
