"""What the schemas of Kubernetes cannot see. Each rule yields one line for each thing that is wrong in an overlay's objects."""

import fnmatch
import functools
import os
import pathlib
import re
import subprocess
import tempfile
import urllib.parse

import yaml

# Kinds whose schemas nobody here has: Strimzi's, KEDA's, the Gateway API's.
FOREIGN = {"Kafka", "KafkaNodePool", "KafkaTopic", "KafkaUser", "ScaledObject", "TriggerAuthentication", "HTTPRoute"}
WORKLOADS = ("Deployment", "StatefulSet")


class Overlay:
    """The objects of one rendered overlay, and the checkout that they belong to."""

    def __init__(self, name, objects, root):
        self.name, self.objects, self.root = name, objects, root
        self.services = {row[0]: (int(row[1]), row[2].split()) for row in table(root / "deploy/services.tsv")}
        self.pods = {(o["kind"], o["metadata"]["name"]): o["spec"]["template"] for o in self.of(*WORKLOADS)}

    def of(self, *kinds):
        return [o for o in self.objects if o["kind"] in kinds]

    def named(self, kind):
        return {o["metadata"]["name"]: o for o in self.of(kind)}

    def matching(self, labels):
        """Pod templates that have these labels."""
        return [pod for pod in self.pods.values() if labels.items() <= pod["metadata"]["labels"].items()]

    def environment(self, container):
        """Variables of a container with their values; None where a Secret has it."""
        maps = self.named("ConfigMap")
        found = {}
        for source in container.get("envFrom", []):
            found |= maps.get(source["configMapRef"]["name"], {}).get("data", {})
        return found | {e["name"]: e.get("value") for e in container.get("env", [])}

    def containers(self):
        for (kind, name), pod in self.pods.items():
            for container in pod["spec"]["containers"]:
                yield f"{kind} {name}", pod, container

    def partitions(self):
        for o in self.of("ConfigMap"):
            if "KAFKA_PARTITIONS" in o.get("data", {}):
                return int(o["data"]["KAFKA_PARTITIONS"])
        return 0


def table(path):
    return [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]


def by_strimzi(labels):
    return "strimzi.io/cluster" in labels


def selectors(overlay):
    for o in overlay.of(*WORKLOADS):
        if not o["spec"]["selector"]["matchLabels"].items() <= o["spec"]["template"]["metadata"]["labels"].items():
            yield f"{o['kind']} {o['metadata']['name']}: its selector does not match its own pods"
    chosen = [(o, o["spec"]["selector"]) for o in overlay.of("Service")]
    chosen += [(o, o["spec"]["selector"]["matchLabels"]) for o in overlay.of("PodDisruptionBudget")]
    for o in overlay.of("NetworkPolicy"):
        peers = [p for rule in o["spec"].get("ingress", []) for p in rule.get("from", [])]
        peers += [p for rule in o["spec"].get("egress", []) for p in rule.get("to", [])]
        chosen += [
            (o, s["podSelector"].get("matchLabels", {}))
            for s in [o["spec"], *peers]
            if "podSelector" in s and "namespaceSelector" not in s
        ]
    for o, labels in chosen:
        if labels and not overlay.matching(labels) and not (by_strimzi(labels) and overlay.of("Kafka")):
            yield f"{o['kind']} {o['metadata']['name']}: no pod has the labels {labels}"
    for who, pod, _ in overlay.containers():
        for spread in pod["spec"].get("topologySpreadConstraints", []):
            if not spread["labelSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items():
                yield f"{who}: spreads other pods than its own"


def has_port(pod, port):
    return any(port in (p.get("name"), p["containerPort"]) for c in pod["spec"]["containers"] for p in c.get("ports", []))


def ports(overlay):
    for o in overlay.of("Service"):
        for port in o["spec"]["ports"]:
            if not all(has_port(pod, port["targetPort"]) for pod in overlay.matching(o["spec"]["selector"])):
                yield f"Service {o['metadata']['name']}: its pods have no port {port['targetPort']}"
    for name, (number, _) in overlay.services.items():
        service = overlay.named("Service").get(name, {"spec": {"ports": [{}]}})
        container = overlay.pods.get(("Deployment", name), {"spec": {"containers": [{}]}})["spec"]["containers"][0]
        told = {
            service["spec"]["ports"][0].get("port"),
            container.get("ports", [{}])[0].get("containerPort"),
            int(overlay.environment(container).get("PORT") or 0),
        }
        if told != {number}:
            yield f"{name}: listens on {number} by deploy/services.tsv, here on {sorted(map(str, told))}"
    for o in overlay.of("NetworkPolicy"):
        for rule in o["spec"].get("ingress", []):
            for port in rule.get("ports", []):
                for pod in overlay.matching(o["spec"]["podSelector"].get("matchLabels", {})):
                    if not has_port(pod, port["port"]):
                        yield f"NetworkPolicy {o['metadata']['name']}: its pods have no port {port['port']}"


def probes(overlay):
    code = (overlay.root / "Sources/Platform/ServiceKit/ActuatorRoutes.swift").read_text()
    there = set(re.findall(r'router\.get\("([^"]+)"', code))
    for who, pod, container in overlay.containers():
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            if not (probe := container.get(kind)):
                yield f"{who}: has no {kind}"
                continue
            action = probe.get("httpGet") or probe.get("tcpSocket") or {}
            if action and not has_port(pod, action["port"]):
                yield f"{who}: {kind} asks port {action['port']}, which there is not"
            if "path" in action and action["path"] not in there:
                yield f"{who}: {kind} asks {action['path']}, which ActuatorRoutes.swift does not have"
        paths = [container.get(kind, {}).get("httpGet", {}).get("path") for kind in ("readinessProbe", "livenessProbe")]
        if paths[0] and paths[0] == paths[1]:
            yield f"{who}: a service that is not ready would be killed, as both probes ask {paths[0]}"
        sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        # A service ends within 10 s.
        if sleep + 10 > pod["spec"]["terminationGracePeriodSeconds"]:
            yield f"{who}: would be killed while it stops"


@functools.cache
def known_settings(root, service):
    """Variables that a service knows, by its own word or README's."""
    folder = os.environ.get("BIN_DIR")
    if folder:
        text = subprocess.run([f"{folder}/{service}", "--help"], capture_output=True, text=True, check=True).stdout
        return set(re.findall(r"^  ([A-Z][A-Z0-9_]+) ", text, re.MULTILINE))
    known, owner = set(), "all"
    rows = (root / "README.md").read_text().split("### Environment", 1)[1].split("Tests and bench", 1)[0]
    for names, _, told in re.findall(r"^\|(.*?)\|(.*?)\|(.*)\|$", rows, re.MULTILINE):
        if match := re.match(r" \*\*(\S+)\*\*", told):
            owner = match[1]
        elif owner in ("all", service):
            known |= set(re.findall(r"`([A-Z][A-Z0-9_]+)`", names))
    return known


def settings(overlay):
    for name in overlay.services:
        if ("Deployment", name) not in overlay.pods:
            yield f"{name}: has no Deployment"
            continue
        known = known_settings(overlay.root, name)
        for variable in overlay.environment(overlay.pods["Deployment", name]["spec"]["containers"][0]):
            secret = re.fullmatch(r"(.*(?:PASSWORD|KEY))_FILE", variable)
            if variable not in known and not (secret and secret[1] in known):
                yield f"Deployment {name}: the service does not know {variable}"


def autoscalers(overlay):
    """What scales each Deployment: its name, then least, most and what sets them."""
    for o in overlay.of("HorizontalPodAutoscaler"):
        yield o["spec"]["scaleTargetRef"]["name"], o["spec"]["minReplicas"], o["spec"]["maxReplicas"], o
    for o in overlay.of("ScaledObject"):
        yield o["spec"]["scaleTargetRef"]["name"], o["spec"]["minReplicaCount"], o["spec"]["maxReplicaCount"], o


def scaling(overlay):
    partitions, owners = overlay.partitions(), {}
    for name, least, most, o in autoscalers(overlay):
        what = f"{o['kind']} {o['metadata']['name']}"
        owners.setdefault(name, []).append(what)
        if ("Deployment", name) not in overlay.pods:
            yield f"{what}: there is no Deployment {name}"
        if most > partitions:
            yield f"{what}: up to {most} consumers for {partitions} partitions"
        if least < 1 or least > most:
            yield f"{what}: from {least} to {most} replicas"
    for o in overlay.of("Deployment"):
        name = o["metadata"]["name"]
        if len(owners.get(name, [])) != 1:
            yield f"Deployment {name}: scaled by {owners.get(name, 'nothing')}, and not by one"
        if "replicas" in o["spec"]:
            yield f"Deployment {name}: sets replicas, which each apply would take from the autoscaler"
    for o in overlay.of("KafkaTopic"):
        if o["spec"]["partitions"] != partitions:
            yield f"KafkaTopic {o['metadata']['name']}: {o['spec']['partitions']} partitions, not {partitions}"


def disruptions(overlay):
    least = {name: lowest for name, lowest, _, _ in autoscalers(overlay)}
    guarded = set()
    for o in overlay.of("PodDisruptionBudget"):
        for name in [
            n for (kind, n), pod in overlay.pods.items() if pod in overlay.matching(o["spec"]["selector"]["matchLabels"])
        ]:
            guarded.add(name)
            if least.get(name, 0) - o["spec"]["maxUnavailable"] < 1:
                yield f"PodDisruptionBudget {o['metadata']['name']}: may leave no pod of {name}"
    for name in overlay.services.keys() - guarded:
        yield f"{name}: has no PodDisruptionBudget"


def nginx_table(root):
    """Path and service of each route of the gateway, from the configuration that nginx itself gets."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([root / "deploy/gateway/render", folder], check=True, env=os.environ | {"DATA_DIR": folder})
        rows = (pathlib.Path(folder) / "routes.conf").read_text().replace(";", "").splitlines()
        profile = "~^/profile/" in (pathlib.Path(folder) / "nginx.conf").read_text()
    routes = dict(row.split() for row in rows)
    prefixes = ["/", "/profile/"] if profile else ["/"]
    return {(prefix + resource, service) for resource, service in routes.items() for prefix in prefixes}


def routes(overlay):
    kinds = overlay.of("Ingress", "HTTPRoute")
    if len(kinds) != 1:
        yield f"{len(kinds)} tables of routes, not one"
    for o in kinds:
        found = set()
        for rule in o["spec"]["rules"]:
            if o["kind"] == "Ingress":
                for path in rule["http"]["paths"]:
                    service = path["backend"]["service"]
                    found.add((path["path"], service["name"]))
                    ports = overlay.named("Service")[service["name"]]["spec"]["ports"]
                    if path["pathType"] != "Prefix" or service["port"]["name"] not in [p["name"] for p in ports]:
                        yield f"Ingress: {path['path']} is no prefix, or its port is not there"
            else:
                (backend,) = rule["backendRefs"]
                found |= {(m["path"]["value"], backend["name"]) for m in rule["matches"] if m["path"]["type"] == "PathPrefix"}
                if backend["port"] != overlay.services[backend["name"]][0]:
                    yield f"HTTPRoute: {backend['name']} is not on port {backend['port']}"
        for path, service in sorted(found ^ nginx_table(overlay.root)):
            yield f"{o['kind']}: {path} to {service} is in one table only, this one or nginx's"
        if o["metadata"].get("annotations"):
            yield f"{o['kind']}: annotations, which only some controllers know"


def quantity(text):
    """A quantity as a number, or None."""
    units = {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([A-Za-z]*)", str(text))
    return float(match[1]) * units[match[2]] if match and match[2] in units else None


def quantities(overlay):
    for who, pod, container in overlay.containers():
        asked, limits = container["resources"]["requests"], container["resources"].get("limits", {})
        sizes = [v["emptyDir"]["sizeLimit"] for v in pod["spec"].get("volumes", []) if "sizeLimit" in v.get("emptyDir", {})]
        for text in [*asked.values(), *limits.values(), *sizes]:
            if quantity(text) is None:
                yield f"{who}: {text} is no quantity"
        for what in asked.keys() & limits.keys():
            if (quantity(asked[what]) or 0) > (quantity(limits[what]) or 0):
                yield f"{who}: asks for more {what} than its limit"
        if not {"cpu", "memory"} <= asked.keys() or "memory" not in limits:
            yield f"{who}: cpu, memory and a limit of memory must be named"
    for o in overlay.of("StatefulSet"):
        for claim in o["spec"].get("volumeClaimTemplates", []):
            if quantity(claim["spec"]["resources"]["requests"]["storage"]) is None:
                yield f"StatefulSet {o['metadata']['name']}: the size of its volume is no quantity"


def secrets(overlay):
    """Keys of every Secret that is there once the overlay is applied: its own, Strimzi's, those that must be made before."""
    keys = {o["metadata"]["name"]: set(o.get("data", {})) | set(o.get("stringData", {})) for o in overlay.of("Secret")}
    keys |= {o["metadata"]["name"]: {"ca.crt", "user.crt", "user.key", "user.p12", "user.password"} for o in overlay.of("KafkaUser")}
    keys |= {f"{o['metadata']['name']}-cluster-ca-cert": {"ca.crt", "ca.p12", "ca.password"} for o in overlay.of("Kafka")}
    listed = overlay.root / f"k8s/overlays/{'production' if overlay.of('Kafka') else overlay.name}/secrets.tsv"
    for pattern, names in table(listed) if listed.exists() else []:
        keys |= {
            name: set(names.split())
            for name in ([pattern] if "*" not in pattern else [pattern.replace("*", s) for s in overlay.services])
        }
    return keys


def references(overlay):
    maps, there, accounts = overlay.named("ConfigMap"), secrets(overlay), overlay.named("ServiceAccount")
    maps = {name: set(o.get("data", {})) for name, o in maps.items()}
    wanted = []  # Who, in what, name, key.
    for who, pod, container in overlay.containers():
        spec = pod["spec"]
        if "serviceAccountName" in spec and spec["serviceAccountName"] not in accounts:
            yield f"{who}: there is no ServiceAccount {spec['serviceAccountName']}"
        wanted += [(who, maps, source["configMapRef"]["name"], None) for source in container.get("envFrom", [])]
        for entry in container.get("env", []):
            source = entry.get("valueFrom", {})
            for kind, place in (("secretKeyRef", there), ("configMapKeyRef", maps)):
                if kind in source:
                    wanted.append((who, place, source[kind]["name"], source[kind]["key"]))
        volumes = {v["name"]: v for v in spec.get("volumes", [])}
        claims = {c["metadata"]["name"] for o in overlay.of("StatefulSet") for c in o["spec"].get("volumeClaimTemplates", [])}
        files = {}
        for mount in container.get("volumeMounts", []):
            volume = volumes.get(mount["name"])
            if volume is None:
                if mount["name"] not in claims:
                    yield f"{who}: there is no volume {mount['name']}"
                continue
            if "secret" in volume:
                name, items = volume["secret"]["secretName"], volume["secret"].get("items")
                pairs = [(i["key"], i["path"]) for i in items] if items else [(k, k) for k in there.get(name, ())]
                wanted += [(who, there, name, key) for key, _ in pairs] or [(who, there, name, None)]
                files |= {f"{mount['mountPath']}/{path}": name for _, path in pairs}
            if "configMap" in volume:
                wanted.append((who, maps, volume["configMap"]["name"], None))
        for variable, value in overlay.environment(container).items():
            if variable.endswith("_FILE") and value not in files:
                yield f"{who}: {variable} is {value}, which no Secret is mounted as"
    for o in overlay.of("Ingress"):
        wanted += [("Ingress", there, tls["secretName"], "tls.crt") for tls in o["spec"].get("tls", [])]
    for o in overlay.of("TriggerAuthentication"):
        wanted += [
            (f"TriggerAuthentication {o['metadata']['name']}", there, s["name"], s["key"]) for s in o["spec"]["secretTargetRef"]
        ]
    for o in overlay.of("ScaledObject"):
        for trigger in o["spec"]["triggers"]:
            name = trigger.get("authenticationRef", {}).get("name")
            if name and name not in overlay.named("TriggerAuthentication"):
                yield f"ScaledObject {o['metadata']['name']}: there is no TriggerAuthentication {name}"
    for who, place, name, key in wanted:
        if name not in place or (key and key not in place[name]):
            yield f"{who}: nothing makes {'ConfigMap' if place is maps else 'Secret'} {name}{f' with {key}' if key else ''}"


def restricted(overlay):
    """What the namespace's pod-security standard demands, and a little more."""
    for who, pod, container in overlay.containers():
        spec, inner = pod["spec"], container.get("securityContext", {})
        outer = spec.get("securityContext", {})
        wrong = [
            what
            for what, right in {
                "runAsNonRoot": outer.get("runAsNonRoot") is True and outer.get("runAsUser", 0) > 0,
                "seccompProfile": outer.get("seccompProfile", {}).get("type") == "RuntimeDefault",
                "allowPrivilegeEscalation": inner.get("allowPrivilegeEscalation") is False,
                "readOnlyRootFilesystem": inner.get("readOnlyRootFilesystem") is True,
                "capabilities": inner.get("capabilities", {}).get("drop") == ["ALL"] and "add" not in inner["capabilities"],
                "automountServiceAccountToken": spec.get("automountServiceAccountToken") is False,
                "enableServiceLinks": spec.get("enableServiceLinks") is False,
                "image": re.search(r":[\w.-]+$", container["image"]) and not container["image"].endswith(":latest"),
                "volumes": all(v.keys() & {"secret", "configMap", "emptyDir"} for v in spec.get("volumes", [])),
            }.items()
            if not right
        ]
        if wrong:
            yield f"{who}: {', '.join(wrong)} must be restricted, and the image have a tag"


def allows(overlay, source, target, port):
    """Whether the policies let pods of one kind reach a port of another's (None: outside of the cluster)."""

    def way(pod, direction, peer_key, peer, number):
        applied = [
            o["spec"]
            for o in overlay.of("NetworkPolicy")
            if direction in o["spec"]["policyTypes"]
            and o["spec"]["podSelector"].get("matchLabels", {}).items() <= pod.items()
            and "matchExpressions" not in o["spec"]["podSelector"]
        ]
        for rule in [r for spec in applied for r in spec.get(direction.lower(), [])]:
            if rule.get("ports") and not any(p["port"] in number for p in rule["ports"]):
                continue
            for entry in rule[peer_key]:
                labels = entry.get("podSelector", {}).get("matchLabels", {})
                if peer is None and "ipBlock" in entry:
                    return True
                if peer is not None and "namespaceSelector" not in entry and labels and labels.items() <= peer.items():
                    return True
        return not applied

    here = way(source, "Egress", "to", target, {port})
    if target is None or by_strimzi(target):
        return here  # Strimzi writes the other half.
    names = {
        p.get("name")
        for pod in overlay.matching(target)
        for c in pod["spec"]["containers"]
        for p in c.get("ports", [])
        if p["containerPort"] == port
    }
    return here and way(target, "Ingress", "from", source, {port} | names)


def connections(overlay):
    """Addresses in the settings are there, and the policies let through what they name and nothing else between services."""
    clusters = {
        f"{o['metadata']['name']}-kafka-bootstrap": {l["port"] for l in o["spec"]["kafka"]["listeners"]}
        for o in overlay.of("Kafka")
    }
    services = {
        name: (o["spec"]["selector"], {p["port"] for p in o["spec"]["ports"]}) for name, o in overlay.named("Service").items()
    }
    calls = set()
    for name in overlay.services:
        pod = overlay.pods["Deployment", name]
        labels, values = pod["metadata"]["labels"], overlay.environment(pod["spec"]["containers"][0])
        addresses = {v: values[v] for v in values if v == "KAFKA_BOOTSTRAP_SERVERS" or v.endswith("_URL") and values[v]}
        for variable, value in addresses.items():
            url = urllib.parse.urlsplit(value if "://" in value else f"//{value}")
            host, port = url.hostname, url.port
            if host in clusters:
                target = {"strimzi.io/cluster": "kafka", "strimzi.io/kind": "Kafka"}
                known = port in clusters[host]
            else:
                target, known = services.get(host, ({}, set()))[0], port in services.get(host, ({}, set()))[1]
            if not known:
                yield f"{name}: {variable} is {value}, which is not there"
            elif not allows(overlay, labels, target, port):
                yield f"{name}: the network policies do not let it reach {value}"
            calls.add((name, host))
        database = services.get("postgres", (None, {5432}))[0]
        if not allows(overlay, labels, database, 5432):
            yield f"{name}: the network policies do not let it reach PostgreSQL"
    for source in overlay.services:
        for target, (port, _) in overlay.services.items():
            pods = [overlay.pods["Deployment", n]["metadata"]["labels"] for n in (source, target)]
            if source != target and (source, target) not in calls and allows(overlay, *pods, port):
                yield f"{source}: may reach {target}, which it does not need"


def compose(root):
    """docker-compose.yml has every service on its port, with settings that it knows and addresses as in deploy/settings.tsv."""
    if not (root / "docker-compose.yml").exists():
        return
    services = yaml.safe_load((root / "docker-compose.yml").read_text())["services"]
    calls = [row for row in table(root / "deploy/settings.tsv") if row[2].startswith("http://")]
    ports = {name: port for name, port, _ in table(root / "deploy/services.tsv")}
    for name, port in ports.items():
        variants = {key: s for key, s in services.items() if f"/{name}:" in s.get("image", "")}
        if not variants:
            yield f"docker-compose.yml: there is no service {name}"
        for key, service in variants.items():
            if not any(str(place).endswith(f":{port}:{port}") for place in service.get("ports", [])):
                yield f"docker-compose.yml: {key} is not on port {port}"
            environment = service.get("environment", {})
            for who, variable, value in calls:
                address = f"{value}:{ports[value.removeprefix('http://')]}"
                if who in (name, "all") and environment.get(variable) != address:
                    yield f"docker-compose.yml: {key}: {variable} is not {address}"
            known = set().union(*(known_settings(root, other) for other in ports))
            for variable in environment:
                if variable not in known and variable.removesuffix("_FILE") not in known:
                    yield f"docker-compose.yml: {key}: no service knows {variable}"


RULES = [selectors, ports, probes, settings, scaling, disruptions, routes, quantities, references, restricted, connections]


def problems(overlay):
    for rule in RULES:
        yield from (f"{overlay.name}: {line}" for line in rule(overlay))
