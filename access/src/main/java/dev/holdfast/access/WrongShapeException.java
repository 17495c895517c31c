package dev.holdfast.access;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Somebody's JSON or YAML does not have the shape of what it should be. */
public final class WrongShapeException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /** What is wrong, or the object in which it is. */
  final transient Json at;

  /** The member of {@link #at} that is wrong; null if it is wrong itself. */
  final @Nullable String member;

  WrongShapeException(String sentence, Json at, @Nullable String member) {
    super(sentence);
    this.at = at;
    this.member = member;
  }

  /** What is wrong, in a sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
