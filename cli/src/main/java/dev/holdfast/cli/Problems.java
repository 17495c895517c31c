package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.List;

/** All that is wrong with a configuration, in the order in which it was found. */
final class Problems {
  /** More than these nobody reads; the rest is not kept. */
  static final int MOST = 100;

  private final List<String> sentences = new ArrayList<>();

  /** Something is wrong at {@code place}. */
  void add(Place place, String sentence) {
    add(place + ": " + sentence);
  }

  /** Something is wrong that has no single place. */
  void add(String sentence) {
    if (sentences.size() < MOST) {
      sentences.add(sentence);
    }
  }

  boolean isEmpty() {
    return sentences.isEmpty();
  }

  /** A line for each. */
  List<String> lines() {
    return List.copyOf(sentences);
  }
}
