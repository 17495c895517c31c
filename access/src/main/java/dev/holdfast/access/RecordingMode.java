package dev.holdfast.access;

/** How sessions are recorded, from the laxest mode to the strictest. */
public enum RecordingMode {
  /** Not at all. */
  OFF,
  /** On the node, uploaded later. */
  NODE,
  /** On the proxy, uploaded later. */
  PROXY,
  /** On the node, nothing shown that is not stored. */
  NODE_SYNC,
  /** On the proxy, likewise. */
  PROXY_SYNC;

  /** Whether it is a proxy that records. */
  public boolean isOfProxy() {
    return this == PROXY || this == PROXY_SYNC;
  }

  /** What both want: the stricter one, at a proxy if one of them wants that. */
  public RecordingMode and(RecordingMode other) {
    RecordingMode stricter = compareTo(other) >= 0 ? this : other;
    return stricter == NODE_SYNC && (isOfProxy() || other.isOfProxy()) ? PROXY_SYNC : stricter;
  }
}
