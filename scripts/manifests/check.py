"""Called by scripts/manifest-test, which says what it does."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

import breakages
import rules

root = pathlib.Path(__file__).resolve().parent.parent.parent
# The oldest version that offers preStop's sleep without a feature gate, and the newest that has schemas.
VERSIONS = ["1.30", "1.37"]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def render(target):
    """The objects of one overlay as YAML, or what is wrong with it; a warning is wrong."""
    result = run("kubectl", "kustomize", target)
    if result.returncode or result.stderr:
        return None, [f"{target.name}: kubectl kustomize: {line}" for line in result.stderr.splitlines()]
    return result.stdout, []


def overlays(checkout):
    """Every overlay, and local with the route of the Gateway API."""
    folder = checkout / "k8s/overlays/gateway-api"
    folder.mkdir(exist_ok=True)
    (folder / "kustomization.yaml").write_text("resources: [../local]\ncomponents: [../../components/gateway-api]\n")
    yield from sorted(p.parent for p in (checkout / "k8s/overlays").glob("*/kustomization.yaml"))


def schemas(name, text):
    objects = [o for o in yaml.safe_load_all(text) if o["kind"] not in rules.FOREIGN]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump_all(objects, file)
        file.flush()
        for version in VERSIONS:
            result = run("kubernetes-validate", "-k", version, "--strict", "--quiet", file.name)
            if result.returncode or result.stdout:
                yield f"{name}: kubernetes-validate {version}: {(result.stdout + result.stderr).replace(file.name, '').strip()}"


def trivy(name, text):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / f"{name}.yaml").write_text(text)
        result = run(
            "trivy", "config", "--quiet", "--skip-check-update", "--severity", "HIGH,CRITICAL", "--exit-code", "1", folder
        )
        if result.returncode:
            found = re.findall(r"^(\S+ \((?:HIGH|CRITICAL)\): .*)", result.stdout, re.MULTILINE) or [result.stderr.strip()]
            yield from (f"{name}: trivy: {line}" for line in found)


def problems(checkout, tools=(schemas, trivy), only=None):
    result = run(checkout / "deploy/manifests", "--check")
    yield from result.stderr.splitlines()
    yield from rules.compose(checkout)
    for target in overlays(checkout):
        if only and target.name not in only:
            continue
        text, wrong = render(target)
        yield from wrong
        if text:
            yield from rules.problems(rules.Overlay(target.name, list(yaml.safe_load_all(text)), checkout))
            for tool in tools:
                yield from tool(target.name, text)


def copy(folder):
    """A checkout with what is read here."""
    for name in ("deploy", "k8s", "README.md", "docker-compose.yml", "Sources/Platform/ServiceKit"):
        if not (root / name).exists():
            continue
        place = pathlib.Path(folder) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (root / name).is_dir() else shutil.copy)(root / name, place)
    return pathlib.Path(folder)


def self_test():
    missed = 0
    for where, pattern, replacement, expected, name, regenerate in breakages.ALL:
        with tempfile.TemporaryDirectory() as folder:
            checkout = copy(folder)
            path = checkout / where
            text, count = re.subn(pattern, replacement, path.read_text(), count=1, flags=re.MULTILINE | re.DOTALL)
            path.write_text(text)
            if regenerate:
                subprocess.run([checkout / "deploy/manifests"], check=True)
            tool = {"kubernetes-validate": (schemas,), "trivy": (trivy,)}.get(expected.split()[0], ())
            found = list(problems(checkout, tool, {name}))
        hit = count == 1 and any(expected in line for line in found)
        missed += not hit
        print(
            f"{'found ' if hit else 'MISSED'}  {where}: {replacement.strip()!r:.60} -> {expected}"
            + ("" if hit else f" in {found[:4]}")
        )
    print(f"{len(breakages.ALL) - missed} of {len(breakages.ALL)} breakages were found")
    return missed


def main(arguments):
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    if arguments:
        sys.exit("manifest-test: the only option is --self-test")
    with tempfile.TemporaryDirectory() as folder:
        found = list(problems(copy(folder)))
    for line in found:
        print(line, file=sys.stderr)
    print(f"manifest-test: {len(found)} problems" if found else "manifest-test: all is well")
    return 1 if found else 0


sys.exit(main(sys.argv[1:]))
