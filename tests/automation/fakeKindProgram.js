const { appendFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } = require("node:fs");

/** The fake kind's program: what it does by its arguments, in `directory`, which fakeKind.ts lays out. */
module.exports = (directory) => {
    const args = process.argv.slice(2);
    const behaviour = JSON.parse(readFileSync(`${directory}/behaviour.json`, "utf8"));
    const option = (name) => (args.includes(name) ? (args[args.indexOf(name) + 1] ?? "") : "");
    const name = option("--name");
    const stdin = option("--config") === "-" ? readFileSync(0, "utf8") : "";
    const [cluster, making] = [`${directory}/clusters/${name}`, `${directory}/making/${name}`];
    const command = args.slice(0, 2).join(" ");
    if (command === "create cluster") {
        writeFileSync(making, "");
    }
    const end = (stdout, stderr, status) => {
        const call = { args, stdin, making: readdirSync(`${directory}/making`).length };
        appendFileSync(`${directory}/calls.jsonl`, `${JSON.stringify(call)}\n`);
        if (command === "create cluster") {
            rmSync(making);
        }
        process.stdout.write(stdout);
        process.stderr.write(stderr);
        process.exitCode = status;
    };
    const failure = (what, docker, output) =>
        `ERROR: ${what}: command "docker ${docker}" failed with error: exit status 1\n\nCommand Output: ${output}\n`;

    if (args[0] === "version") {
        end(`${behaviour.version ?? "kind v0.32.0 go1.26.8 linux/amd64"}\n`, "", 0);
    } else if (behaviour.unreachable === true) {
        const output =
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
        end("", failure("failed to list clusters", "ps -a", output), 1);
    } else if (command === "get clusters") {
        const clusters = readdirSync(`${directory}/clusters`);
        end(clusters.map((one) => `${one}\n`).join(""), clusters.length === 0 ? "No kind clusters found.\n" : "", 0);
    } else if (command === "create cluster" && existsSync(cluster)) {
        end("", `ERROR: failed to create cluster: node(s) already exist for a cluster with the name "${name}"\n`, 1);
    } else if (command === "create cluster") {
        const image = option("--image") === "" ? "kindest/node:v1.36.1" : option("--image");
        const begun = `Creating cluster "${name}" ...\n • Ensuring node image (${image}) 🖼  ...\n ✓ Ensuring node image (${image}) 🖼\n • Preparing nodes 📦   ...\n`;
        process.stderr.write(begun);
        setTimeout(() => {
            if (behaviour.failing?.includes(name) === true) {
                const output = `0123456789abcdef\ndocker: Error response from daemon: driver failed programming external connectivity on endpoint ${name}-control-plane: Bind for 127.0.0.1:30000 failed: port is already allocated.\n\nRun 'docker run --help' for more information`;
                end("", ` ✗ Preparing nodes 📦 \n${failure("failed to create cluster", "run --detach", output)}`, 1);
                return;
            }
            writeFileSync(cluster, "");
            writeFileSync(option("--kubeconfig"), "");
            const done = ` ✓ Preparing nodes 📦 \n • Starting control-plane 🕹️  ...\n ✓ Starting control-plane 🕹️\nSet kubectl context to "kind-${name}"\nYou can now use your cluster with:\n\nkubectl cluster-info --context kind-${name}\n\nHave a nice day! 👋\n`;
            end("", done, 0);
        }, 200);
    } else if (command === "get kubeconfig" && (!existsSync(cluster) || behaviour.broken?.includes(name) === true)) {
        end(
            "",
            `ERROR: could not locate any control plane nodes for cluster named '${name}'. Use the --name option to select a different cluster\n`,
            1,
        );
    } else if (command === "get kubeconfig") {
        const context = `kind-${name}`;
        end(
            [
                "apiVersion: v1",
                "clusters:",
                "- cluster:",
                "    certificate-authority-data: Q0E=",
                "    server: https://127.0.0.1:40000",
                `  name: ${context}`,
                "contexts:",
                "- context:",
                `    cluster: ${context}`,
                `    user: ${context}`,
                `  name: ${context}`,
                `current-context: ${context}`,
                "kind: Config",
                "users:",
                `- name: ${context}`,
                "  user:",
                "    client-certificate-data: Q0VSVA==",
                "    client-key-data: S0VZ",
                "",
                "",
            ].join("\n"),
            "",
            0,
        );
    } else if (command === "delete cluster") {
        const there = existsSync(cluster);
        rmSync(cluster, { force: true });
        end("", `Deleting cluster "${name}" ...\n${there ? `Deleted nodes: ["${name}-control-plane"]\n` : ""}`, 0);
    } else {
        end("", `ERROR: unknown command "${args.join(" ")}" for "kind"\n`, 1);
    }
};
