package dev.holdfast.browser;

import java.nio.charset.StandardCharsets;

/** The pages of a cluster: one document, by what it loads and by what it may do. */
enum ClusterPage {
  /** What the cluster has, in lists. */
  LISTS(
      PageAnswer.POLICY,
      """
      <script src="/cluster.js" type="module"></script>
      """),

  /** A recording, in a player: a module of WebAssembly that sets styles. */
  RECORDING(
      PageAnswer.POLICY
          .replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
          .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
      """
      <link rel="stylesheet" href="/vendor/asciinema-player.css">
      <script src="/vendor/asciinema-player.min.js" defer></script>
      <script src="/recording.js" type="module"></script>
      """),

  /** A live session, in a terminal, which sets styles. */
  SESSION(
      PageAnswer.POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
      """
      <link rel="stylesheet" href="/vendor/xterm.css">
      <script src="/session.js" type="module"></script>
      """);

  private static final String DOCUMENT = Resource.text("cluster.html");

  private final String policy;
  private final String loads;

  ClusterPage(String policy, String loads) {
    this.policy = policy;
    this.loads = loads;
  }

  PageAnswer answer() {
    byte[] html = DOCUMENT.replace("{loads}\n", loads).getBytes(StandardCharsets.UTF_8);
    return new PageAnswer.Whole(200, "text/html; charset=utf-8", policy, html);
  }
}
