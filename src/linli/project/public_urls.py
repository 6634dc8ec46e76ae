"""Addresses of a process that serves the public doors alone."""

from __future__ import annotations

from django.urls import path

from linli.public import views

urlpatterns = [
    path("q/<str:code>", views.door),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
]
