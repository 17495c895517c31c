package dev.holdfast.browser;

/** Fuzz target: whatever a server says of what listens there. */
public final class FindingFuzz {
  private FindingFuzz() {}

  /** Fails if a bound is broken, or an app could not be shown, dialled and found again. */
  public static void fuzzerTestOneInput(byte[] output) {
    Finding finding = Finding.parse(output);
    if (finding.listeners().size() > Finding.MOST_LISTENERS) {
      throw new AssertionError(finding.listeners().size() + " listeners");
    }
    for (Candidate candidate : Candidate.of(finding)) {
      boolean isShort = candidate.program().label().length() <= ServerProgram.MOST_LABEL;
      if (!isShort || candidate.dials().isEmpty() || candidate.id().contains(" ")) {
        throw new AssertionError(candidate.toString());
      }
      candidate.mayBeProbed();
    }
  }
}
