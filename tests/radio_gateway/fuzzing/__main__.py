"""One long run of the fuzzer: `python -m tests.radio_gateway.fuzzing FAMILY COUNT SEED`."""

import logging
import sys

from tests.radio_gateway.fuzzing.families import FAMILIES
from tests.radio_gateway.fuzzing.harness import run

logging.disable(logging.CRITICAL)
name, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
report = run(FAMILIES[name], count, seed)
per_input_us = 1e6 * report.seconds / report.inputs
sys.stdout.write(
    f"{name}: {report.inputs} inputs, {per_input_us:.1f} us each, "
    f"slowest looked at {report.slowest_s * 1000:.1f} ms\n"
)
for case, given in report.given.items():
    sys.stdout.write(f"  {case}: {report.read[case] / max(given, 1):.1%} of {given} read\n")
