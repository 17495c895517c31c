package dev.holdfast.ssh;

/** Who is asked for what must not be shown, and told why; an edge. */
@FunctionalInterface
public interface PassphraseAsker {
  /** Asks without an echo; null if nobody answers. The caller wipes the answer. */
  char @org.jspecify.annotations.Nullable [] ask(String prompt);
}
