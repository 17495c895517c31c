package dev.holdfast.cli;

import dev.holdfast.client.LinkWatch;
import dev.holdfast.client.Ssh;
import dev.holdfast.client.Stdio;
import dev.holdfast.link.ClientEvent;
import dev.holdfast.link.Destination;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code holdfast ssh}: ssh's own arguments, which picocli does not take apart: they follow
 * getopt(3), where flags stand together and -o may come twice.
 */
final class SshCommand implements Callable<Integer>, LinkWatch {
  static final String NAME = "ssh";

  private final Stdio stdio;
  private final List<LinkStatus> links = new CopyOnWriteArrayList<>();
  private final List<String> arguments = new ArrayList<>();

  SshCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  /** The standard streams of this process, unbuffered. */
  static Stdio ofProcess() {
    return new Stdio(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
  }

  /** The command as it stands in lists and man pages; {@link Main} runs it without picocli. */
  CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
    spec.name(NAME);
    spec.usageMessage()
        .description(
            "Log in to a server, or run a command there, as ssh(1) does, over a link that comes"
                + " back by itself",
            "where the server knows how.",
            "",
            "Options, configuration files, keys, agent and known hosts are those of OpenSSH.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("ARGUMENT")
            .arity("0..*")
            .description("As with ssh(1): options, [user@]host, and a command.")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .setter(
                new picocli.CommandLine.Model.ISetter() {
                  @Override
                  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
                  public <T> T set(T value) {
                    arguments.clear();
                    if (value != null) {
                      arguments.addAll((List<String>) value);
                    }
                    return value;
                  }
                })
            .build());
    spec.parser().unmatchedOptionsArePositionalParams(true);
    return spec;
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    return run(arguments);
  }

  int run(List<String> words) throws InterruptedException, IOException {
    try {
      return new Ssh(stdio, "holdfast " + Version.number(), this).run(words);
    } finally {
      links.forEach(LinkStatus::close);
    }
  }

  @Override
  public Consumer<ClientEvent> of(Destination to, boolean quiet, boolean verbose) {
    LinkStatus status =
        new LinkStatus(
            new PrintWriter(stdio.err(), true, StandardCharsets.UTF_8),
            to,
            quiet,
            verbose,
            Terminal::standardError);
    links.add(status);
    return status;
  }
}
