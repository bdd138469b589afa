//! How we talk to servers: HTTP with TLS, retries and limits, and the Kubernetes API. Knows no store and no manifest.
