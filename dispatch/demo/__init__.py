"""The demo: the whole system with a simulated radio network of three agencies."""

from dispatch.demo.plan import DemoPlan
from dispatch.demo.run import run_demo

__all__ = ["DemoPlan", "run_demo"]
