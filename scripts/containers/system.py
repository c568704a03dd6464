"""The system of docker-compose.yml, run and looked at."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import signal
import threading
import time
import urllib.parse

from engine import WHOLE_BUILD_SECONDS, Failed, run, wait_until

rows = (pathlib.Path(__file__).resolve().parents[2] / "deploy/services.tsv").read_text().splitlines()
SERVICES = tuple(row.split("\t")[0] for row in rows if row and not row.startswith("#"))
ORDER = {"custId": "hkh9405", "custAddr": "불정로 10", "custTel": "010-1234-5678", "orderInfo": "김치찌개:1,제육볶음:2",
         "totPrice": 18000}


def call(method, path, body=None, port=8088):
    """Status and JSON of an answer; 0 when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
    except (OSError, http.client.HTTPException, ValueError):
        return 0, None
    finally:
        connection.close()


def succeeds(method, path, body=None, seconds=20):
    """The answer, once it is 2xx: what one service said reaches the next in its own time."""
    last = [None]

    def tried():
        last[0] = call(method, path, body)
        return last[0] if 200 <= last[0][0] < 300 else None

    try:
        return wait_until(f"{method} {path}", tried, seconds)[1]
    except Failed as error:
        raise Failed(f"{error}, the last answer is {last[0]}") from None


class System:
    def __init__(self, engine, compose, root, profile):
        self.engine, self.root, self.profile = engine, root, profile
        self.command = [*compose, "--project-directory", root, "--profile", profile]
        self.suffix = "" if profile == "sqlite" else f"-{profile}"

    def compose(self, *arguments, **options):
        environment = {key: value for key, value in self.engine.environment.items() if key != "COMPOSE_PROFILES"}
        # The classic builder, where compose finds no BuildKit, would otherwise compile once for each image at a time.
        environment |= {"COMPOSE_PARALLEL_LIMIT": "1"} if arguments[0] == "build" else {}
        return run(*self.command, *arguments, env=environment, cwd=self.root, **options)

    def build(self):
        self.compose("build", timeout=WHOLE_BUILD_SECONDS)

    def service(self, name):
        """The compose service of a name of services.tsv."""
        return name + self.suffix if name in SERVICES else name

    def container(self, name):
        return self.compose("ps", "--all", "--quiet", self.service(name)).strip()

    def containers(self):
        lines = self.compose("ps", "--all", "--format", "json").strip().splitlines()
        return {row["Service"]: row for row in map(json.loads, lines)}

    def state(self, name):
        return self.engine.inspect(self.container(name))["State"]

    def up(self):
        """Seconds until all are healthy, with the images there already."""
        begin = time.monotonic()
        self.compose("up", "--detach", "--no-build", timeout=300)
        wait_until("all containers healthy", self.all_healthy, 120, 0.5)
        return time.monotonic() - begin

    def all_healthy(self):
        rows = {name: row for name, row in self.containers().items() if name != "password"}
        return bool(rows) and all(row["Health"] == "healthy" for row in rows.values())

    def down(self, *arguments):
        self.compose("down", *arguments, timeout=180)

    def memory(self):
        """MiB that each container has, and of what limit."""
        names = {row["Name"]: name for name, row in self.containers().items() if row["State"] == "running"}
        lines = self.engine.docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}} {{.CPUPerc}}", *names)
        rows = [re.match(r"(\S+) (\S+) / (\S+) (\S+)%", line).groups() for line in lines.strip().splitlines()]
        return {names[name]: (used, limit, float(cpu)) for name, used, limit, cpu in rows}

    def ten_commands(self):
        """README's, from the menu to the review, through the gateway."""
        order_id = f"walk-{time.time_ns()}"
        wait_until("dishes in the view", lambda: (succeeds("GET", "/menus/search/findByStoreId?storeId=1")
                                                  .get("_embedded", {}).get("menus")), 30)
        order = succeeds("POST", "/orders", ORDER | {"orderId": order_id})
        path = urllib.parse.urlparse(order["_links"]["self"]["href"]).path

        def own(resource):
            found = succeeds("GET", f"/{resource}/search/findByOrderId?orderId={order_id}")
            return urllib.parse.urlparse(found["_links"]["self"]["href"]).path

        wait_until("order at the store", lambda: call("GET", f"/orderManages/search/findByOrderId?orderId={order_id}")[0] == 200, 20)
        manage = own("orderManages")
        succeeds("PUT", f"{manage}/accept", {"cookMinutes": 10})
        succeeds("PUT", f"{manage}/startCooking")
        succeeds("PUT", f"{manage}/finishCooking")
        delivery = own("deliveries")
        succeeds("PUT", f"{delivery}/accept", {"riderId": 1})
        succeeds("PUT", f"{delivery}/pick", {"riderId": 1})
        succeeds("PUT", f"{delivery}/deliver", {"riderId": 1})
        succeeds("POST", "/reviews", {"orderId": order_id, "custId": "hkh9405", "text": "맛있게 먹었습니다",
                                      "ratings": [{"name": "김치찌개", "rating": 5}]})
        wait_until("order finished", lambda: succeeds("GET", path)["status"] == "orderFinish", 20)
        return path, len(json.dumps(succeeds("GET", f"{path}/timeline")))

    def kill(self, name):
        """SIGKILL as from the kernel. `docker kill` would count as somebody's wish that it stays down."""
        os.kill(self.state(name)["Pid"], signal.SIGKILL)


class Customers:
    """Order without a break in a thread, each under an id of its own, and remember what was acknowledged."""

    def __init__(self):
        self.acknowledged, self.refused, self.going = [], 0, True
        self.thread = threading.Thread(target=self.order)

    def order(self):
        number = 0
        while self.going:
            number += 1
            order_id = f"crash-{time.time_ns()}"
            status, _ = call("POST", "/orders", ORDER | {"orderId": order_id, "orderInfo": "비빔밥:1", "totPrice": 7000})
            if status in (201, 202):
                self.acknowledged.append(order_id)
            else:
                self.refused += 1
            time.sleep(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.thread.join()

    def missing(self):
        """Acknowledged orders that order or store does not know, or that are not paid."""
        def lost(order_id):
            status, order = call("GET", f"/orderInfos/search/findByOrderId?orderId={order_id}")
            at_store, _ = call("GET", f"/orderManages/search/findByOrderId?orderId={order_id}")
            return status != 200 or at_store != 200 or order.get("status") in ("payWait", "waiting")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return [order_id for order_id, gone in zip(self.acknowledged, pool.map(lost, self.acknowledged)) if gone]
