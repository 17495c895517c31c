package dev.holdfast.forward;

/** Makes sessions with one server; an edge. Thread-safe. */
interface SessionSource {
  /** Connects and logs in. Blocks. */
  Session make() throws FarFailure;
}
