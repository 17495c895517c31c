package dev.holdfast.node;

import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import java.time.Duration;

/** A session that passes on to another one whatever it does not do itself. */
interface PassingSession extends ServedSession {
  /** The other one. */
  ServedSession served();

  @Override
  default void begin() {
    served().begin();
  }

  @Override
  default int input(byte[] bytes, int offset, int length) {
    return served().input(bytes, offset, length);
  }

  @Override
  default boolean echoes() {
    return served().echoes();
  }

  @Override
  default void inputEnded() {
    served().inputEnded();
  }

  @Override
  default void resize(WindowSize size) {
    served().resize(size);
  }

  @Override
  default void signal(String name) {
    served().signal(name);
  }

  @Override
  default boolean sendBreak(Duration length) {
    return served().sendBreak(length);
  }

  @Override
  default boolean say(byte[] line, int spare) {
    return served().say(line, spare);
  }

  @Override
  default void writable() {
    served().writable();
  }

  @Override
  default void closed() {
    served().closed();
  }
}
