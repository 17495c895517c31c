package dev.holdfast.ssh;

import java.io.IOException;

/** A client's end that is another one but for what it does anew. */
public interface ClientEndAround extends ClientEnd {
  /** The other one. */
  ClientEnd inner();

  @Override
  default int write(Output output, Source source) throws IOException {
    return inner().write(output, source);
  }

  @Override
  default boolean isWritable() {
    return inner().isWritable();
  }

  @Override
  default void consumed(int bytes) {
    inner().consumed(bytes);
  }

  @Override
  default void end() {
    inner().end();
  }

  @Override
  default void exit(Ending ending) {
    inner().exit(ending);
  }
}
