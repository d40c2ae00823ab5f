#!/usr/bin/python3
"""A window of WebKitGTK that WebKitWebDriver can drive, with a profile that lasts.

WebKit's own MiniBrowser forgets everything under automation: no cold start with a service worker,
no Blob in IndexedDB. This one keeps what it is told in the directory CARTABLE_WEBKIT_PROFILE, has
the storage that Safari has, and CARTABLE_WEBKIT_SIZE ("1180x820"), CARTABLE_WEBKIT_DARK ("1").
It runs with Debian's Python, which alone has the bindings.
"""

import os

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

SAFARI_HAS = {
    "AccessHandleEnabled",
    "FileSystemEnabled",
    "FileSystemWritableStreamEnabled",
    "StorageAPIEnabled",
    "StorageAPIEstimateEnabled",
}


def context(profile):
    """A web context whose data and cache last in `profile`."""
    data = WebKit2.WebsiteDataManager(
        base_data_directory=f"{profile}/data",
        base_cache_directory=f"{profile}/cache",
        origin_storage_ratio=0.6,
        total_storage_ratio=0.8,
    )
    made = WebKit2.WebContext.new_with_website_data_manager(data)
    made.get_cookie_manager().set_persistent_storage(
        f"{profile}/cookies.sqlite", WebKit2.CookiePersistentStorage.SQLITE
    )
    made.set_preferred_languages(["fr-FR", "fr"])
    made.set_automation_allowed(True)
    return made


def settings():
    """Settings with the storage features that Safari switches on."""
    made = WebKit2.Settings(enable_developer_extras=True)
    features = WebKit2.Settings.get_all_features()
    for index in range(features.get_length()):
        feature = features.get(index)
        if feature.get_identifier() in SAFARI_HAS:
            made.set_feature_enabled(feature, True)
    return made


def main():
    width, height = (int(side) for side in os.environ["CARTABLE_WEBKIT_SIZE"].split("x"))
    dark = os.environ.get("CARTABLE_WEBKIT_DARK") == "1"
    Gtk.Settings.get_default().set_property("gtk-application-prefer-dark-theme", dark)
    web = context(os.environ["CARTABLE_WEBKIT_PROFILE"])
    choices = settings()

    def open_view(_session):
        view = WebKit2.WebView(web_context=web, settings=choices, is_controlled_by_automation=True)
        view.connect("permission-request", lambda _view, request: request.allow() or True)
        view.connect("close", lambda _view: Gtk.main_quit())
        window = Gtk.Window()
        window.set_default_size(width, height)
        window.add(view)
        window.show_all()
        return view

    def started(_context, session):
        information = WebKit2.ApplicationInfo()
        information.set_name("cartable-webkit")
        information.set_version(1, 0, 0)
        session.set_application_info(information)
        session.connect("create-web-view", open_view)

    web.connect("automation-started", started)
    Gtk.main()


if __name__ == "__main__":
    main()
