package dev.holdfast.link;

/** Whether a stream is kept by some process of a service. */
public enum Kept {
  /** By this one, or by one of those before and after it that live. */
  YES,
  /** By none of them. */
  NO,
  /** One of them, which may keep it, did not answer. */
  UNCLEAR
}
