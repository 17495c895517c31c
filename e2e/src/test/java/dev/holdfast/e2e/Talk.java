package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/** A session whose other end says what it hears: every line once, in order, and its status. */
final class Talk implements AutoCloseable {
  private static final String ECHO = "while read -r line; do echo \"heard $line\"; done; exit 7";
  private static final Duration GONE = Duration.ofSeconds(90);

  private final Program ssh;
  private final StringBuilder heard = new StringBuilder();
  private int said;

  private Talk(Program ssh) {
    this.ssh = ssh;
  }

  /** By a command that lacks only what is to be run. */
  static Talk start(Command ssh) {
    return new Talk(ssh.plus(ECHO).start());
  }

  void sayAndHear() {
    said++;
    heard.append("heard ").append(said).append('\n');
    ssh.type(said + "\n");
    ssh.awaitOutput("heard " + said + "\n", Effort.DEADLINE);
    assertThat(ssh.output()).isEqualTo(heard.toString());
  }

  void finish() {
    ssh.closeInput();
    assertThat(ssh.await(GONE).exited(7).output()).isEqualTo(heard.toString());
  }

  /** Waits for its end that nobody asked for, by the word of the other side. */
  void endsWith(String why) {
    assertThat(ssh.await(GONE).exited(255).errors()).contains(why);
  }

  /** Waits for its end that nobody asked for. */
  void ends() {
    ssh.await(GONE).exited(255);
  }

  @Override
  public void close() {
    ssh.close();
  }
}
