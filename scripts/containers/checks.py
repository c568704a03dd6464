"""What must hold of the images and of what runs. Each one is a function that raises Failed, or returns what it saw."""
import os
import signal
import time

from engine import Failed, wait_until
from system import SERVICES, Customers, call, succeeds

PARTS = (*SERVICES, "gateway")
PROBE = "id -u; grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/1/status; touch /probe 2>&1; touch /tmp/probe && echo wrote /tmp"


def expect(held, message):
    if not held:
        raise Failed(message)


def images(system):
    """MB of each image, and what of it is its own; labels tell the version that the program tells."""
    lines, version = [], dict(line.split("=", 1) for line in (system.root / ".env").read_text().splitlines() if line[:1].isupper())
    for name in PARTS:
        image = f"fooddelivery/{name}:{version['VERSION']}"
        found = system.engine.inspect(image)
        config, labels = found["Config"], found["Config"]["Labels"]
        expect(config["User"] == "10001:10001", f"{image} runs as {config['User']}")
        expect(config["StopSignal"] == "SIGTERM", f"{image} has no STOPSIGNAL")
        expect(config["Healthcheck"]["Test"][-1] == "--health", f"{image} has the health check {config['Healthcheck']}")
        expect(labels["org.opencontainers.image.title"] == name, f"{image} has the labels {labels}")
        expect(labels["org.opencontainers.image.revision"] == os.environ["REVISION"], f"{image} has the labels {labels}")
        if name in SERVICES:
            told = system.engine.docker("run", "--rm", "--network", "none", image, "--version").split()[-1]
            label = labels["org.opencontainers.image.version"]
            expect(told == label, f"{image} is labelled {label} and calls itself {told}")
        lines.append(f"{name} {found['Size'] / 1e6:.0f} MB")
    return ", ".join(lines)


def confinement(system):
    """User, capabilities, root file system and limits as the kernel has them."""
    for name in PARTS:
        container = system.container(name)
        said = system.engine.docker("exec", container, "bash", "-c", PROBE)
        for words in ("10001\n", "CapEff:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "Read-only file system", "wrote /tmp"):
            expect(words in said, f"{name}: '{words.strip()}' is not in what it tells of itself:\n{said}")
        host = system.engine.inspect(container)["HostConfig"]
        expect(0 < host["Memory"] <= 2**28 and host["NanoCpus"] > 0 and host["PidsLimit"] > 0, f"{name} has no limits")
    return "user 10001, no capabilities, no new privileges, seccomp, read-only root, limits"


def health(system):
    """A service that stands still becomes unhealthy, and healthy again when it goes on."""
    state = system.state("delivery")
    os.kill(state["Pid"], signal.SIGSTOP)
    begin = time.monotonic()
    try:
        wait_until("delivery unhealthy", lambda: system.state("delivery")["Health"]["Status"] == "unhealthy", 60, 0.5)
    finally:
        os.kill(state["Pid"], signal.SIGCONT)
    took = time.monotonic() - begin
    wait_until("delivery healthy again", lambda: system.state("delivery")["Health"]["Status"] == "healthy", 30, 0.5)
    return f"noticed after {took:.0f} s"


def walk(system):
    path, _ = system.ten_commands()
    expect(call("GET", "/")[0] == 200, "the gateway's index does not answer")
    return f"{path} from the menu to the review"


def crashes(system):
    """Each service is killed while customers order; the restart policy brings it back, and nothing is lost."""
    times = []
    with Customers() as customers:
        for name in PARTS:
            before = system.state(name)["Pid"]
            system.kill(name)
            begin = time.monotonic()
            wait_until(f"{name} back", lambda name=name, before=before: (
                (state := system.state(name))["Running"] and state["Pid"] != before
                and state["Health"]["Status"] == "healthy"), 60)
            times.append(f"{name} {time.monotonic() - begin:.1f} s")
            if name in SERVICES:
                restarts = system.engine.inspect(system.container(name))["RestartCount"]
                expect(restarts >= 1, f"{name} was not restarted by its policy")
            time.sleep(1)
    expect(len(customers.acknowledged) >= 50, f"only {len(customers.acknowledged)} orders were acknowledged")
    deadline = time.monotonic() + 60
    while (lost := customers.missing()) and time.monotonic() < deadline:
        time.sleep(2)
    expect(not lost, f"{len(lost)} of {len(customers.acknowledged)} orders are missing or unpaid, as {lost[:3]}")
    return f"healthy again after: {', '.join(times)}; {len(customers.acknowledged)} orders acknowledged, " \
           f"{customers.refused} not, none lost"


def manual_kill(system):
    """`docker kill` is a wish: the policy leaves the container down, until somebody starts it."""
    system.compose("kill", system.service("customer"))
    time.sleep(3)
    expect(not system.state("customer")["Running"], "customer was restarted after docker kill")
    status, _ = call("GET", "/customers")
    expect(status == 503, f"the gateway answers {status} for a service that is down")
    system.compose("start", system.service("customer"))
    wait_until("customer behind the gateway", lambda: call("GET", "/customers")[0] == 200, 20)
    return "stays down, and the gateway answers 503 meanwhile"


def address(system, name):
    networks = system.engine.inspect(system.container(name))["NetworkSettings"]["Networks"]
    return next(iter(networks.values()))["IPAddress"]


def new_address(system):
    """The gateway finds a container that was made anew elsewhere."""
    before, gateway = address(system, "store"), system.state("gateway")["Pid"]
    network = next(iter(system.engine.inspect(system.container("store"))["NetworkSettings"]["Networks"]))
    system.compose("rm", "--force", "--stop", system.service("store"))
    # Takes the address that became free.
    system.engine.docker("run", "--detach", "--name", "squatter", "--network", network, "debian:bookworm-slim", "sleep", "300")
    try:
        system.compose("up", "--detach", "--no-build", "--no-deps", system.service("store"))
        begin = time.monotonic()
        expect(address(system, "store") != before, f"store is at {before} as before, so nothing was tried")
        wait_until("store behind the gateway", lambda: call("GET", "/stores/1")[0] == 200, 20, 0.05)
        took = time.monotonic() - begin
    finally:
        system.engine.docker("rm", "--force", "squatter")
    expect(system.state("gateway")["Pid"] == gateway, "the gateway was restarted")
    wait_until("all healthy", system.all_healthy, 60, 0.5)
    return f"found {took:.1f} s after its container was made"


def databases(system):
    """Each service has its tables in a database of its own, and its role enters no other one."""
    def asked(role, database, question):
        command = f'PGPASSWORD=$(cat /password/password) psql -h 127.0.0.1 -U {role} -d {database} -Atc "{question}" 2>&1 || true'
        return system.engine.docker("exec", system.container("postgres"), "sh", "-c", command).strip()

    counts = {name: asked(name, name, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") for name in SERVICES}
    expect(all(count.isdigit() and int(count) > 0 for count in counts.values()), f"tables: {counts}")
    for name, other in zip(SERVICES, SERVICES[1:] + SERVICES[:1]):
        said = asked(name, other, "SELECT 1")
        expect("permission denied" in said, f"{name} enters the database of {other}: {said}")
    return "tables: " + ", ".join(f"{name} {count}" for name, count in counts.items())


def stop(system):
    """SIGTERM ends everything in order."""
    begin = time.monotonic()
    system.compose("stop", timeout=180)
    took = time.monotonic() - begin
    codes = {name: system.state(name)["ExitCode"] for name in PARTS}
    expect(set(codes.values()) == {0}, f"exit codes {codes}")
    return f"all with status 0, {took:.1f} s"


def memory_of_data(system, path):
    """What was ordered is there after the containers were removed and made again."""
    system.down()
    took = system.up()
    expect(succeeds("GET", path)["status"] == "orderFinish", f"{path} was forgotten")
    return f"{path} is still there; healthy after {took:.1f} s"


def nothing_left(system):
    system.down("--volumes", "--remove-orphans")
    for kind, command in {"containers": ("ps", "--all"), "volumes": ("volume", "ls"), "networks": ("network", "ls")}.items():
        left = system.engine.docker(*command, "--quiet", *(() if kind != "networks" else ("--filter", "type=custom"))).split()
        expect(not left, f"down --volumes leaves {kind}: {left}")
    return "no container, volume or network"
