package dev.holdfast.cli;

import dev.holdfast.recording.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast recordings verify}: whether recordings are as they were made. */
@Command(
    name = "verify",
    description = {
      "Check that nothing of recordings was changed or is missing.",
      "",
      "Prints for each whether it is whole, cut (the recorder was), unfinished (its end is missing)"
          + " or damaged, the fingerprint of the key that signed it, and what is wrong. Ends with 0"
          + " if all are whole, else with 1.",
      "",
      "Of an encrypted recording hashes, signatures, order and sizes are checked without a key;"
          + " with --identity also what is in it."
    },
    mixinStandardHelpOptions = true)
final class RecordingsVerify implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private RecordingAccess access;

  @Parameters(
      arity = "1..*",
      paramLabel = "ID|FILE|DIRECTORY",
      description =
          "A recording's file or directory, or a directory of recordings; or, if there is none of"
              + " that name, a recording's ID in the cluster.")
  private List<String> recordings;

  @Override
  public Integer call() throws IOException {
    boolean whole = true;
    try (RecordingAccess from = access) {
      for (String recording : recordings) {
        for (RecordingPlace place : from.at(recording)) {
          Verification found = place.read(event -> {});
          print(place.name(), found);
          whole &= found.state() == Verification.State.WHOLE;
        }
      }
    }
    return whole ? 0 : 1;
  }

  private void print(String name, Verification found) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: %s, %d parts, %d events, %d bytes of output, %s, %ssigned by %s%n",
        name,
        found.state().name().toLowerCase(Locale.ROOT),
        found.parts(),
        found.events(),
        found.bytes(),
        RecordingsLs.span(found.length()),
        found.hidden().isEmpty() ? "" : "encrypted, ",
        found.signer().isEmpty() ? "nobody" : found.signer());
    found.findings().forEach(finding -> out.println("  " + finding));
    out.flush();
  }
}
