"""What the system tests stand on: real daemons, the real CLI, real proxies, network namespaces and raw bytes."""
