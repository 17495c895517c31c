package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An account of this machine that exists for one test. */
final class ThrowAwayUser {
  final String name = "hf" + ProcessHandle.current().pid();

  /** Makes it, locked, with a home directory and bash; skips the test unless root. */
  ThrowAwayUser() throws Exception {
    boolean able = Processes.isRoot() && Files.isExecutable(Path.of("/usr/sbin/useradd"));
    assumeTrue(
        able || "true".equals(System.getenv("CI")),
        "SKIPPED: making a user needs root and useradd");
    NodeServer.run(NodeServer.nothing(), List.of("userdel", "-r", name));
    change("useradd", "-m", "-s", "/bin/bash", "-G", "games");
  }

  /** Runs one of the programs that change accounts on this one. */
  void change(String... command) throws Exception {
    List<String> line = new ArrayList<>(List.of(command));
    line.add(name);
    NodeServer.Ended ended = NodeServer.run(NodeServer.nothing(), line);
    assertThat(ended.status()).as(ended.err()).isZero();
  }

  /** Lets it log in by key, though not by password. */
  void unlock() throws Exception {
    change("usermod", "-p", "*");
  }

  /** Takes it and its home away. */
  void delete() throws Exception {
    NodeServer.run(NodeServer.nothing(), List.of("userdel", "-r", name));
  }
}
