"""Connections to base stations and their health."""
