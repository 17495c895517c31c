package dev.holdfast.browser;

import java.util.List;
import java.util.Locale;

/** The browsers that can be a server's window, and how each is told to be one. */
enum BrowserKind {
  /** Chromium and what is made of it: Chrome, Edge, Brave, Vivaldi. */
  CHROMIUM(
      List.of(
          "chromium",
          "chromium-browser",
          "google-chrome-stable",
          "google-chrome",
          "microsoft-edge-stable",
          "microsoft-edge",
          "brave-browser",
          "brave",
          "vivaldi-stable",
          "vivaldi")),
  /** Firefox. */
  FIREFOX(List.of("firefox", "firefox-esr"));

  @SuppressWarnings("ImmutableEnumChecker") // It is made by List.of.
  private final List<String> programs;

  BrowserKind(List<String> programs) {
    this.programs = programs;
  }

  /** The names of its programs, as they are on a PATH; the likeliest first. */
  List<String> programs() {
    return programs;
  }

  /** By the name of a program: what is not Firefox is taken for Chromium. */
  static BrowserKind of(String program) {
    return program.toLowerCase(Locale.ROOT).contains("firefox") ? FIREFOX : CHROMIUM;
  }
}
