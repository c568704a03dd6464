"""A Docker engine of its own: dockerd in a network namespace, which reaches the packages through slirp4netns, so that it
neither opens a port of this machine nor changes its firewall. Everything is in one folder and goes with it."""
import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

WHOLE_BUILD_SECONDS = 1200


class Skip(Exception):
    """Why no engine can be started here."""


class Failed(Exception):
    """A check that did not hold, or a command that failed: one line."""


def run(*command, **options):
    """The output of a command that must succeed."""
    done = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **{"timeout": 600, **options})
    if done.returncode:
        last = "\n    ".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise Failed(f"{' '.join(map(str, command))[:160]} ended with {done.returncode}:\n    {last}")
    return done.stdout


def wait_until(what, condition, seconds, pause=0.2):
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(pause)
    return answer


class Engine:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.namespace = f"containers-{os.getpid()}"
        self.processes = []
        # A client that came with this dockerd: another version may want a BuildKit plug-in.
        self.client = "/usr/bin/docker" if pathlib.Path("/usr/bin/docker").exists() else "docker"

    @property
    def environment(self):
        return os.environ | {"DOCKER_HOST": f"unix://{self.folder}/docker.sock", "DOCKER_CONFIG": f"{self.folder}/config",
                             "DOCKER_BUILDKIT": "1"}

    @staticmethod
    def check():
        if os.geteuid() != 0:
            raise Skip("it needs root")
        if shutil.which("modprobe"):
            subprocess.run(["modprobe", "--quiet", "overlay"], stderr=subprocess.DEVNULL)
        if "overlay" not in pathlib.Path("/proc/filesystems").read_text():
            raise Skip("the kernel has no overlay file system")
        if not pathlib.Path("/dev/net/tun").exists():
            raise Skip("there is no /dev/net/tun")

    def spawn(self, name, *command):
        log = open(self.folder / f"{name}.log", "w")
        # A session of its own, so that Ctrl-C reaches this script only, which then stops all in order.
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        self.processes.append(process)
        return process

    def start(self):
        try:
            run("ip", "netns", "add", self.namespace)
            self.inside("ip", "link", "set", "lo", "up")
        except Failed as error:
            raise Skip(f"no network namespace can be made ({error})") from error
        self.spawn("slirp4netns", "slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback",
                   "--netns-type=path", f"/run/netns/{self.namespace}", "tap0")
        wait_until("network of the engine", lambda: "tap0" in self.inside("ip", "-brief", "address"), 10)
        daemon = self.spawn(
            "dockerd", "nsenter", f"--net=/run/netns/{self.namespace}", "dockerd", "--data-root", self.folder / "data",
            "--exec-root", self.folder / "exec", "--pidfile", self.folder / "docker.pid",
            "-H", f"unix://{self.folder}/docker.sock")
        try:
            wait_until("dockerd", lambda: daemon.poll() is not None or self.answers(), 60)
        except Failed:
            pass
        if not self.answers():
            last = (self.folder / "dockerd.log").read_text().strip().splitlines()[-1:]
            raise Skip(f"dockerd does not start ({' '.join(last)})")

    def answers(self):
        return subprocess.run([self.client, "version"], env=self.environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def inside(self, *command, **options):
        """Runs where the published ports are."""
        return run("nsenter", f"--net=/run/netns/{self.namespace}", *command, **options)

    def enter(self):
        """Brings this thread, and what it starts from now on, to where the published ports are."""
        with open(f"/run/netns/{self.namespace}") as namespace:
            if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0):
                raise Failed(f"setns: {os.strerror(ctypes.get_errno())}")

    def docker(self, *arguments, **options):
        return run(self.client, *arguments, env=self.environment, **options)

    def inspect(self, container):
        return json.loads(self.docker("inspect", container))[0]

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                print(f"{process.args[0]} does not stop and is killed", file=sys.stderr)
                process.kill()
                process.wait()
        # dockerd leaves its own namespace mounts where containers were killed with it.
        for line in reversed(pathlib.Path("/proc/mounts").read_text().splitlines()):
            if line.split()[1].startswith(f"{self.folder}/"):
                subprocess.run(["umount", "--lazy", line.split()[1]], stderr=subprocess.DEVNULL)
        if pathlib.Path(f"/run/netns/{self.namespace}").exists():
            run("ip", "netns", "delete", self.namespace)
