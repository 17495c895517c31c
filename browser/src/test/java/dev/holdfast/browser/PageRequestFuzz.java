package dev.holdfast.browser;

/** Fuzz target: whatever is sent to a local page. */
public final class PageRequestFuzz {
  private PageRequestFuzz() {}

  /** Fails if a request is taken for ours that may not be, or has no path. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    PageRequest.parse(bytes, bytes.length)
        .filter(it ->
            !it.path().startsWith("/")
                || (it.isOfOwnOrigin()
                    && it.head().field("sec-fetch-site").equals("cross-site")
                    && it.method().equals("POST")))
        .ifPresent(it -> {
          throw new AssertionError(it.toString());
        });
  }
}
