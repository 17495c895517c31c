package dev.holdfast.terminal;

import java.nio.charset.StandardCharsets;

/**
 * A person's terminal with an overlay between it and the host, beside one that the host's bytes go
 * to alone. Time is what the test says.
 */
final class Person {
  static final long MILLI = 1_000_000;

  final Terminal shown;
  final Terminal plain;
  final Overlay overlay;
  long now = 1_000 * MILLI;

  Person(Size size, Overlay.Predict predict) {
    Settings settings = new Settings(64 * 1024, false);
    shown = new Terminal(size, settings);
    plain = new Terminal(size, settings);
    overlay = new Overlay(size, predict);
  }

  /** What was on the screen before the session began. */
  void before(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    shown.feed(bytes);
    plain.feed(bytes);
  }

  void host(String text) {
    host(text.getBytes(StandardCharsets.UTF_8));
  }

  void host(byte[] bytes) {
    host(bytes, 0, bytes.length);
  }

  void host(byte[] bytes, int from, int to) {
    shown.feed(overlay.uncover());
    shown.feed(bytes, from, to);
    shown.feed(overlay.cover(bytes, from, to, now));
    plain.feed(bytes, from, to);
  }

  void type(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    shown.feed(overlay.typed(bytes, 0, bytes.length, now));
  }

  /** All keys have reached the host, after a round trip of so many milliseconds. */
  void reached(int roundTripMillis) {
    reached(overlay.keys(), roundTripMillis);
  }

  void reached(long keys, int roundTripMillis) {
    shown.feed(overlay.reached(keys, roundTripMillis * MILLI, now));
    shown.feed(overlay.heard(keys, now));
  }

  void pass(int millis) {
    now += millis * MILLI;
    shown.feed(overlay.passed(now));
  }

  /** All keys have been answered, if they are ever. */
  void settle() {
    reached(100);
    pass(60);
  }

  void notice(String text) {
    shown.feed(overlay.notice(text));
  }

  void resize(Size size) {
    shown.resize(size);
    plain.resize(size);
    shown.feed(overlay.resized(size));
  }

  String row(int y) {
    return shown.line(y);
  }

  boolean isUnderlined(int y, int column) {
    return shown.cell(y, column).rendition().equals("0;4");
  }

  /** Without what is painted. */
  void uncover() {
    shown.feed(overlay.uncover());
  }
}
