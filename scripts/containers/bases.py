"""The images that the Dockerfile and docker-compose.yml begin with, under their own names, made of Debian's packages and
of what this machine has, since a test must not depend on an image registry."""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess

from engine import Failed, run

here = pathlib.Path(__file__).parent
NAMES = {"swift": "swift:6.3-bookworm", "kafka": "apache/kafka:4.1.1", "postgres": "postgres:15-bookworm"}
DEBIAN = "debian:bookworm-slim"
# What only debuggers, editors and other targets need: two thirds of a toolchain's 3.3 GB.
LEFT_OUT = ("bin/lldb*", "bin/sourcekit-lsp", "bin/docc", "bin/clangd", "bin/swift-format", "bin/swift-build-sdk-interfaces",
            "bin/wasmkit", "lib/libLTO*", "lib/libclang*", "lib/libsourcekitd*", "lib/liblldb*", "lib/libSwiftSourceKit*",
            "lib/swift/embedded", "lib/swift/pm/llbuild")
# As in the image of this name: no manuals, no archives of installed packages.
SLIM = {
    "etc/dpkg/dpkg.cfg.d/slim": "".join(f"path-exclude /usr/share/{name}/*\n" for name in ("doc", "info", "locale", "man")),
    "etc/apt/apt.conf.d/slim": 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb || true"; };\n'
                               'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n',
}
SUITES = "".join(f"deb http://deb.debian.org/{area} {suite} main\n" for area, suite in (
    ("debian", "bookworm"), ("debian", "bookworm-updates"), ("debian-security", "bookworm-security")))


def stream(engine, command, *arguments):
    """Gives what a tar command writes to a docker command."""
    tar = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
    try:
        return engine.docker(*arguments, stdin=tar.stdout)
    finally:
        tar.stdout.close()
        if tar.wait():
            raise Failed(f"{' '.join(map(str, command))[:160]} failed")


def debian(engine):
    root = engine.folder / "debian"
    run("debootstrap", "--variant=minbase", "--include=ca-certificates", "bookworm", root)
    for folder in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/info", "usr/share/locale",
                   "usr/share/man", "var/log"):
        for entry in (root / folder).iterdir():
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    for name, text in SLIM.items():
        (root / name).write_text(text)
    (root / "etc/apt/sources.list").write_text(SUITES)
    stream(engine, ("tar", "-c", "-C", root, "."), "import", "-", DEBIAN)
    shutil.rmtree(root)


def toolchain():
    """Folder with the usr/ that the swift in PATH belongs to."""
    program = shutil.which("swift")
    usr = pathlib.Path(program).resolve().parent.parent if program else pathlib.Path("/")
    if not (usr / "lib/swift_static").is_dir():
        raise Failed("there is no Swift toolchain in PATH to make the image of")
    return usr.parent


def build(engine, name):
    context = here / name
    command = ["tar", "-c", "-C", context, *[entry.name for entry in context.iterdir()]]
    if name == "swift":
        command += ["-C", toolchain(), *[f"--exclude=usr/{pattern}" for pattern in LEFT_OUT], "usr"]
    if name == "kafka":
        command += ["-C", os.environ["KAFKA_HOME"], "libs"]
    stream(engine, command, "build", "--quiet", "--tag", NAMES[name], "-")


def make(engine, names):
    """All of them; from and into CONTAINER_CACHE where it is set."""
    cache = pathlib.Path(os.environ["CONTAINER_CACHE"]) if os.environ.get("CONTAINER_CACHE") else None

    def once(name, image, how):
        archive = cache and cache / f"{name}.tar"
        if archive and archive.exists():
            engine.docker("load", "--input", archive)
            return
        how()
        if archive:
            cache.mkdir(parents=True, exist_ok=True)
            engine.docker("save", "--output", f"{archive}.new", image)
            os.replace(f"{archive}.new", archive)

    once("debian", DEBIAN, lambda: debian(engine))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(once, name, NAMES[name], lambda name=name: build(engine, name)) for name in names]:
            future.result()
