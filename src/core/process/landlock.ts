import { open, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { runProgram } from './run-program.ts';

/** The files that a confined program can access. It can't use TCP if the kernel supports that restriction. */
export interface Confinement {
  /** Absolute paths of readable files and folders. Those that don't exist are ignored. */
  readonly reads: readonly string[];
  /** Absolute paths of readable and writable folders. */
  readonly writes: readonly string[];
}

/** The command that starts a program, and all its children, confined. */
export interface Confined {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** Why a program can't be confined on this machine, for the log. */
export type Unconfined = { readonly reason: string };

/** Installed on every Debian and Ubuntu, and can make system calls without a library. Not looked up on PATH. */
const perl = '/usr/bin/perl';

/** The number of `prctl` depends on the architecture. Those of Landlock don't. */
const prctl: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 157, arm64: 167 };

/** The probe exits immediately. */
const probeLimits = { timeoutMilliseconds: 10_000, maximumOutputBytes: 64 * 1024 };

/**
 * Applies Landlock (docs.kernel.org/userspace-api/landlock.html, kernel 5.13, TCP since 6.7) with perl, because Node
 * has no system calls, and then executes the program. Exits with 126 on errors. O_PATH (0x200000) opens no content.
 * Files reject the rights of folders. The library folders are for dynamically linked programs.
 */
const launcher = `
use strict;
my ($prctl, $read, $write, @rest) = @ARGV;
my @reads = splice(@rest, 0, $read);
my @writes = splice(@rest, 0, $write);
sub failed { print STDERR "landlock: $_[0]: $!\\n"; exit 126 }
my $abi = syscall(444, 0, 0, 1);
failed('no Landlock') if $abi < 1;
my $files = 0x1fff | ($abi >= 2 ? 0x2000 : 0) | ($abi >= 3 ? 0x4000 : 0);
my $attributes = pack('QQ', $files, $abi >= 4 ? 3 : 0);
my $rules = syscall(444, $attributes, $abi >= 4 ? 16 : 8, 0);
failed('create_ruleset') if $rules < 0;
sub allow {
  my ($rights, $path) = @_;
  sysopen(my $handle, $path, 0x200000) or return;
  $rights &= 0x4007 if !-d $path;
  my $rule = pack('Ql', $rights & $files, fileno($handle));
  syscall(445, $rules, 1, $rule, 0) == 0 or failed("add_rule $path");
}
allow(0xc, $_) for @reads;
allow($files & ~1, $_) for @writes;
allow(0xe, '/dev/null');
allow(0xd, $_) for qw(/lib /lib64 /usr/lib /usr/lib64 /nix/store);
allow(0x4, '/etc/ld.so.cache');
allow(0x5, $rest[0]) if @rest;
syscall($prctl + 0, 38, 1, 0, 0, 0) == 0 or failed('no_new_privs');
syscall(446, $rules, 0) == 0 or failed('restrict_self');
exit 0 if !@rest;
exec { $rest[0] } @rest or failed("exec $rest[0]");
`;

/** Only for programs that `confinable` accepts. */
export function confine(program: string, programArguments: readonly string[], files: Confinement): Confined {
  const { reads, writes } = files;
  const counts = [prctl[process.arch] ?? 0, reads.length, writes.length].map(String);
  const command = [program, ...programArguments];
  return { program: perl, arguments: ['-e', launcher, '--', ...counts, ...reads, ...writes, ...command] };
}

/** Undefined if the program can be confined on this machine. */
export async function confinable(program: string): Promise<Unconfined | undefined> {
  probed ??= probe();
  return (await probed) ?? (await wrapperReason(program));
}

let probed: Promise<Unconfined | undefined> | undefined;

async function probe(): Promise<Unconfined | undefined> {
  if (process.platform !== 'linux') return { reason: 'only Linux has Landlock' };
  if (prctl[process.arch] === undefined) return { reason: `the architecture ${process.arch} is not supported` };
  try {
    const result = await runProgram(perl, {
      arguments: ['-e', launcher, '--', String(prctl[process.arch]), '0', '0'],
      environment: {},
      ...probeLimits,
      signal: new AbortController().signal,
    });
    return result.exitCode === 0 ? undefined : { reason: result.stderr.trim().split('\n')[0] ?? '' };
  } catch {
    return { reason: `${perl} cannot be started` };
  }
}

/** The magic number of ELF files. */
const elf = 0x7f454c46;

/** Scripts need an interpreter, and shims start a program in another folder: neither can be confined. */
async function wrapperReason(program: string): Promise<Unconfined | undefined> {
  const path = await realpath(program).catch(() => program);
  if (!basename(path).startsWith(basename(program))) return { reason: `${program} is a link to ${path}` };
  const file = await open(path).catch(() => undefined);
  try {
    const head = Buffer.alloc(4);
    await file?.read(head, 0, head.length, 0);
    return head.readUInt32BE(0) === elf ? undefined : { reason: `${program} is a script` };
  } finally {
    await file?.close().catch(() => {});
  }
}
