"""A class, the access that knows its people, and an app with all that a class has over HTTP."""

from __future__ import annotations

import pytest
from flask import Flask

from slipway.classroom.members import Classroom
from slipway.core.lessons.lesson import Lesson
from slipway.settings import LabLimits, Settings
from slipway.store import Store
from slipway.web.factory import create_app
from slipway.web.http import invite, join, reports
from slipway.web.security.auth import Authenticator
from tests.web.conftest import TOKEN


@pytest.fixture
def classroom(store: Store, request: pytest.FixtureRequest) -> Classroom:
    """Open, unless a test's parameter is False."""
    return Classroom(store, open=getattr(request, "param", True), clock=lambda: 100.0)


@pytest.fixture
def access(classroom: Classroom) -> Authenticator:
    return Authenticator(TOKEN, people=classroom)


@pytest.fixture
def app(
    settings: Settings, lessons: tuple[Lesson, ...], store: Store, classroom: Classroom, access: Authenticator
) -> Flask:
    app = create_app(settings, lessons, store, access)
    app.register_blueprint(reports.blueprint(lessons, store, classroom, access))
    app.register_blueprint(join.blueprint(classroom, access, LabLimits(wrong_tokens=3, joins=0.001, joins_burst=5)))
    app.register_blueprint(invite.blueprint(settings, classroom, access))
    return app
