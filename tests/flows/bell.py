"""Notifications in Chromium: a message of the push service arrives, somebody touches it."""

import json

from tests.flows.chromium import Chromium

TOUCH = """async () => {
  const [notification] = await registration.getNotifications()
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification }))
}"""
SHOWN = """
const registration = await navigator.serviceWorker.getRegistration()
return (await registration.getNotifications()).length
"""


def deliver(tablet: Chromium, origin: str, sitting: str, path: str) -> None:
    """What the browser's own push service hands over for a sitting that was called.

    Again until it is shown: a worker that is still starting loses it, and two look like one.
    """
    assert tablet.context is not None
    tablet.context.grant_permissions(["notifications"], origin=origin)
    devtools = tablet.context.new_cdp_session(tablet.page)
    registered: dict[str, str] = {}
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.update(
            {one["scopeURL"]: one["registrationId"] for one in told["registrations"]}
        ),
    )
    devtools.send("ServiceWorker.enable")
    said = {"title": "Cartable", "body": "Une mise à jour vous attend.", "tag": sitting}
    message = json.dumps({"web_push": 8030, "notification": said | {"navigate": origin + path}})
    for _ in range(10):
        tablet.page.wait_for_timeout(1000)
        if (number := registered.get(f"{origin}/")) is not None:
            message_of = {"origin": origin, "registrationId": number, "data": message}
            devtools.send("ServiceWorker.deliverPushMessage", message_of)
        if tablet.script(SHOWN) == 1:
            return
    raise AssertionError("the notification was never shown")


def touch(tablet: Chromium) -> None:
    """What the system does when the notification is touched."""
    assert tablet.context is not None
    tablet.context.service_workers[0].evaluate(TOUCH)
