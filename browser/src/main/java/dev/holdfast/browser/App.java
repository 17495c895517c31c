package dev.holdfast.browser;

import java.util.Optional;

/**
 * A listener of the server, as the start page shows it.
 *
 * @param candidate where it is and what runs there
 * @param probed what it turned out to be; nothing while it is being asked
 */
record App(Candidate candidate, Optional<Probed> probed) {
  /** Whether it is a page for people, or not known to be none. */
  boolean isWeb() {
    return probed.filter(Probed.Web.class::isInstance).isPresent();
  }

  /** What it is called: its page's title, else its program. */
  String title() {
    String title = probed.map(it -> it instanceof Probed.Web web ? web.title() : "").orElse("");
    String program = candidate.program().label();
    return !title.isEmpty() ? title : !program.isEmpty() ? program : "Port " + candidate.port();
  }

  /** Its address in a browser window of the server. */
  String url() {
    String scheme =
        probed.map(it -> it instanceof Probed.Web web ? web.scheme() : "http").orElse("http");
    return scheme + "://" + candidate.id() + "/";
  }
}
