package dev.holdfast.ssh;

import java.time.Duration;

/** A session that is another one but for what it does anew. */
public interface ServedSessionAround extends ServedSession {
  /** The other one. */
  ServedSession inner();

  @Override
  default void begin() {
    inner().begin();
  }

  @Override
  default int input(byte[] bytes, int offset, int length) {
    return inner().input(bytes, offset, length);
  }

  @Override
  default boolean echoes() {
    return inner().echoes();
  }

  @Override
  default void inputEnded() {
    inner().inputEnded();
  }

  @Override
  default void resize(WindowSize size) {
    inner().resize(size);
  }

  @Override
  default void signal(String name) {
    inner().signal(name);
  }

  @Override
  default boolean sendBreak(Duration length) {
    return inner().sendBreak(length);
  }

  @Override
  default boolean say(byte[] line, int spare) {
    return inner().say(line, spare);
  }

  @Override
  default void writable() {
    inner().writable();
  }

  @Override
  default void closed() {
    inner().closed();
  }
}
