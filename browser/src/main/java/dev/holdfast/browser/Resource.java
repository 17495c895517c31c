package dev.holdfast.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A file of this module's. */
final class Resource {
  private Resource() {}

  static byte[] bytes(String name) {
    try (InputStream in = Resource.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(String name) {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  /** As a part of a local page. */
  static PageAnswer page(String name) {
    String end = name.substring(name.lastIndexOf('.') + 1);
    String type =
        switch (end) {
          case "html" -> "text/html; charset=utf-8";
          case "css" -> "text/css; charset=utf-8";
          case "js", "mjs" -> "text/javascript; charset=utf-8";
          case "svg" -> "image/svg+xml";
          default -> throw new IllegalArgumentException(name);
        };
    return new PageAnswer.Whole(200, type, PageAnswer.POLICY, bytes(name));
  }
}
