"""Notifications in Chromium: a message of the push service arrives, somebody touches it."""

import json

from tests.flows.chromium import Chromium

TOUCH = """async () => {
  const [notification] = await registration.getNotifications()
  self.dispatchEvent(new NotificationEvent('notificationclick', { notification }))
}"""


def deliver(tablet: Chromium, origin: str, sitting: str, path: str) -> None:
    """What the browser's own push service hands over for a sitting that was called."""
    assert tablet.context is not None
    tablet.context.grant_permissions(["notifications"], origin=origin)
    devtools = tablet.context.new_cdp_session(tablet.page)
    registered: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registered.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    while not registered:
        tablet.page.wait_for_timeout(50)
    said = {"title": "Cartable", "body": "Une mise à jour vous attend.", "tag": sitting}
    message = json.dumps({"web_push": 8030, "notification": said | {"navigate": origin + path}})
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registered[0], "data": message},
    )
    tablet.wait_until(
        "const { serviceWorker } = navigator; const shown = await serviceWorker.getRegistration()"
        "; return (await shown.getNotifications()).length === 1"
    )


def touch(tablet: Chromium) -> None:
    """What the system does when the notification is touched."""
    assert tablet.context is not None
    tablet.context.service_workers[0].evaluate(TOUCH)
