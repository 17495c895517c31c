package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "the C library of Linux")
@Timeout(30)
final class LinuxTest {
  @Test
  void otherSystemsAreToldInASentence() throws IOException {
    for (String architecture : Linux.ARCHITECTURES) {
      Linux.require("Flying", "Linux", architecture);
    }
    assertThatThrownBy(() -> Linux.require("Flying", "Mac OS X", "aarch64"))
        .isInstanceOf(UnsupportedHostException.class)
        .hasMessage(
            "Flying works on Linux only (amd64, aarch64, riscv64); this is Mac OS X on aarch64.");
    assertThatThrownBy(() -> Linux.require("Flying", "Linux", "ppc64le"))
        .isInstanceOf(UnsupportedHostException.class)
        .hasMessageEndingWith("this is Linux on ppc64le.");
  }

  @Test
  void aCallThatSignalsInterruptIsMadeAgainSoOftenAndNoMore() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    long result =
        Linux.call(
            "test",
            state -> {
              state.set(INT, 0, Linux.EINTR);
              return calls.getAndIncrement() < Linux.INTERRUPTIONS_MOST ? -1 : 7;
            });
    assertThat(result).isEqualTo(7);
    assertThat(calls).hasValue(Linux.INTERRUPTIONS_MOST + 1);

    calls.set(0);
    assertThatThrownBy(() ->
            Linux.call(
                "test",
                state -> {
                  state.set(INT, 0, Linux.EINTR);
                  calls.incrementAndGet();
                  return -1;
                }))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("test: Interrupted system call (error 4)");
    assertThat(calls).hasValue(Linux.INTERRUPTIONS_MOST + 1);
  }

  /** Asks for what a JVM without the option can't do. */
  static final class Closed {
    private Closed() {}

    public static void main(String[] arguments) throws IOException {
      try (var listener = ServerSocketChannel.open()) {
        Descriptor.copyOf(listener).close();
      } catch (UnsupportedHostException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void aJvmWithoutTheOptionIsToldWhichOneIsMissing() throws Exception {
    List<String> command =
        ChildJvm.command(Closed.class, List.of()).stream()
            .filter(argument -> !argument.startsWith("--add-opens"))
            .toList();
    try (ChildJvm child = ChildJvm.start(command, Map.of())) {
      assertThat(child.line())
          .endsWith(
              "lets no one adopt connections; start Java 25 with"
                  + " --add-opens=java.base/sun.nio.ch=ALL-UNNAMED.");
      assertThat(child.exitStatus()).isZero();
    }
  }
}
