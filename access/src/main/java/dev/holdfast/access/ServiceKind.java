package dev.holdfast.access;

/** What a machine is in the cluster. */
public enum ServiceKind {
  /** Runs users' sessions. */
  NODE,
  /** Leads users to nodes. */
  PROXY
}
