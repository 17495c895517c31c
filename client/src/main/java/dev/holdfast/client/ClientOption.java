package dev.holdfast.client;

import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An option of ssh_config(5), by which a {@link ClientConfig} is asked for its value; those that
 * there are stand in {@link ClientOptions}.
 *
 * @param <T> what its value is
 */
public final class ClientOption<T> {
  private final String keyword;
  private final Syntax<T> syntax;
  private final @Nullable T byDefault;
  private final @Nullable BinaryOperator<T> joiner;

  ClientOption(
      String keyword, Syntax<T> syntax, @Nullable T byDefault, @Nullable BinaryOperator<T> joiner) {
    this.keyword = keyword;
    this.syntax = syntax;
    this.byDefault = byDefault;
    this.joiner = joiner;
  }

  /** Its name in lower case. */
  public String keyword() {
    return keyword;
  }

  Syntax<T> syntax() {
    return syntax;
  }

  /** The value where none is given; null if there is none then. */
  @Nullable T byDefault() {
    return byDefault;
  }

  /** The value after another line gave {@code more}; mostly the first wins. */
  T joined(@Nullable T before, T more) {
    if (joiner == null) {
      return before == null ? more : before;
    }
    return before == null ? joiner.apply(nothing(more), more) : joiner.apply(before, more);
  }

  @SuppressWarnings("unchecked")
  private T nothing(T like) {
    return like instanceof List<?> ? (T) List.of() : like;
  }

  /** The value as {@code ssh -G} prints it, a line for each element of what accumulates. */
  List<String> printed(T value) {
    if (joiner != null && value instanceof List<?> list) {
      return list.stream().map(element -> syntax.printer().apply(singleton(element))).toList();
    }
    return List.of(syntax.printer().apply(value));
  }

  @SuppressWarnings("unchecked")
  private T singleton(Object element) {
    return (T) List.of(element);
  }

  @Override
  public String toString() {
    return keyword;
  }
}
