package dev.holdfast.terminal;

import org.jspecify.annotations.Nullable;

/**
 * What few cells have.
 *
 * @param marks characters that combine with the cell's own, in their order; mostly empty
 * @param underline the underline's colour as in {@link Style}
 */
record Extra(String marks, int underline, @Nullable Link link) {
  /** Most characters (UTF-16 units) that combine with one; further ones are dropped. */
  static final int MOST_MARKS = 16;

  /** The same with another mark, if there is room for it. */
  Extra marked(int codePoint) {
    return marks.length() + Character.charCount(codePoint) > MOST_MARKS
        ? this
        : new Extra(marks + Character.toString(codePoint), underline, link);
  }

  static @Nullable Extra of(int underline, @Nullable Link link) {
    return underline == 0 && link == null ? null : new Extra("", underline, link);
  }
}
