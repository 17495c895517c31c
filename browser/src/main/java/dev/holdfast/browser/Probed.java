package dev.holdfast.browser;

/** What a probe found out about a listener. */
sealed interface Probed {
  /**
   * A web app.
   *
   * @param scheme {@code http} or {@code https}
   * @param status of its first page
   * @param title of that page, or nothing
   * @param icon path and query of its icon, from "/" on
   */
  record Web(String scheme, int status, String title, String icon) implements Probed {}

  /** Something else. */
  record NotWeb() implements Probed {}

  /** It could not be told: no answer came, or there was no connection. */
  record Silent() implements Probed {}

  /** It was left alone, since a request may do harm there. */
  record NotAsked() implements Probed {}
}
