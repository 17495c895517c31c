package dev.holdfast.ssh;

import java.util.function.Consumer;

/** A client's end, of which a listener is told the exit first. */
record HeardEnd(ClientEnd inner, Consumer<ClientEnd.Ending> listener) implements ClientEndAround {
  @Override
  public void exit(Ending ending) {
    listener.accept(ending);
    inner.exit(ending);
  }
}
