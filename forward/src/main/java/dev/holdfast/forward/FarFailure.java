package dev.holdfast.forward;

import java.io.IOException;

/** Something on a server that could not be reached; the message is for the person. */
public final class FarFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Trouble trouble;

  FarFailure(Trouble trouble) {
    super(trouble.words());
    this.trouble = trouble;
  }

  public Trouble trouble() {
    return trouble;
  }
}
