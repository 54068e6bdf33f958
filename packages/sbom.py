"""Writes the bill of materials of the binary as CycloneDX JSON: sbom.py VERSION TARGET FILE.

The crates are those that cargo links into the binary for TARGET. SOURCE_DATE_EPOCH gives the time.
"""

import os
import subprocess
import sys
import warnings
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation import make_schemabased_validator
from packageurl import PackageURL

SCHEMA = SchemaVersion.V1_6


def crates(target: str) -> list[tuple[str, str, str]]:
    """Name, version and licence of each crate that is linked, those of the project itself left out."""
    command = ["cargo", "tree", "--locked", "--package", "weir", "--edges", "normal", "--target", target]
    command += ["--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    found = set()
    for line in lines:
        package, licence = line.split("|")
        name, version, *rest = package.split(" ")
        if not any(part.startswith("(/") for part in rest):
            found.add((name, version.removeprefix("v"), licence))
    return sorted(found)


def component(name: str, version: str, licence: str) -> Component:
    # Some crates still write the older form of an expression.
    expression = LicenseFactory().make_with_expression(licence.replace("/", " OR "))
    url = PackageURL("cargo", None, name, version)
    return Component(
        type=ComponentType.LIBRARY, name=name, version=version, licenses=[expression], purl=url, bom_ref=str(url)
    )


def main() -> None:
    # The list is flat: which crate needs which is in Cargo.lock.
    warnings.filterwarnings("ignore", message="The Component this BOM is describing")
    version, target, file = sys.argv[1:]
    linked = [component(*crate) for crate in crates(target)]
    weir = Component(
        type=ComponentType.APPLICATION,
        name="weir",
        version=version,
        licenses=[LicenseFactory().make_with_expression("MIT OR Apache-2.0")],
        bom_ref="weir",
    )
    bom = Bom(components=linked, serial_number=uuid5(NAMESPACE_URL, f"weir {version} {target}"))
    bom.metadata.component = weir
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2)
    fault = make_schemabased_validator(OutputFormat.JSON, SCHEMA).validate_str(text)
    if fault:
        sys.exit(f"the bill of materials is not valid: {fault}")
    with open(file, "w", encoding="utf-8") as out:
        out.write(text + "\n")
    print(f"{len(linked)} crates")


if __name__ == "__main__":
    main()
