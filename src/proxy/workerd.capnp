# The proxy on an edge runtime of one's own, https://github.com/cloudflare/workerd:
#
#   npm run build:edge && npx workerd serve src/proxy/workerd.capnp
#
# HOST, DRYDOCK_PROXY_ORIGINS and DRYDOCK_PROXY_ALLOW are taken from the environment: the names that it is served under,
# the origins of the pages that may use it, and what it may reach beside the well-known registries.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "proxy", worker = .proxy),
    # No private, loopback or link-local address is reached, whatever a name resolves to.
    (name = "internet", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8787", http = (), service = "proxy")],
);

const proxy :Workerd.Worker = (
  modules = [(name = "edge.js", esModule = embed "../../dist-edge/edge.js")],
  compatibilityDate = "2026-10-01",
  bindings = [
    (name = "HOST", fromEnvironment = "HOST"),
    (name = "DRYDOCK_PROXY_ORIGINS", fromEnvironment = "DRYDOCK_PROXY_ORIGINS"),
    (name = "DRYDOCK_PROXY_ALLOW", fromEnvironment = "DRYDOCK_PROXY_ALLOW"),
  ],
);
