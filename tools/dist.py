#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""dist.py OUT SDK KERNEL ROOT: the release: source and SDK tarballs and a bootable image, the same
bytes wherever and whenever they are made.

SDK is an installed SDK (DESTDIR), KERNEL and ROOT are what the image boots."""
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

# The time stamp of everything; a release may set another one in the usual way.
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1735689600"))
EXCLUDED = {"build", ".git"}


def source_files():
    """The files of the project: what git knows, or all of an unpacked tarball."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, check=False)
    if not listed.returncode and os.path.exists(".git"):
        names = [name for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [os.path.join(folder, name)[2:] for folder, _, files in os.walk(".")
                 for name in files if folder.split(os.sep)[1:2] not in [[part] for part in EXCLUDED]]
    return sorted(name for name in set(names) if os.path.isfile(name))


def files_below(folder):
    return sorted(os.path.relpath(os.path.join(path, name), folder)
                  for path, _, files in os.walk(folder) for name in files)


def tarball(path, top, folder, names):
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in names:
            source = os.path.join(folder, name)
            entry = tarfile.TarInfo(f"{top}/{name}")
            with open(source, "rb") as file:
                data = file.read()
            entry.size, entry.mtime = len(data), EPOCH
            entry.mode = 0o755 if os.access(source, os.X_OK) and os.stat(source).st_mode & 0o100 else 0o644
            archive.addfile(entry, io.BytesIO(data))
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(memory.getvalue())


def set_times(folder):
    for path, folders, files in os.walk(folder):
        for name in folders + files:
            os.utime(os.path.join(path, name), (EPOCH, EPOCH))
    os.utime(folder, (EPOCH, EPOCH))


def efi_image(work):
    """What UEFI boots: GRUB in a FAT file system, which looks for the configuration on the CD."""
    loader, image = os.path.join(work, "bootx64.efi"), os.path.join(work, "efi.img")
    first = os.path.join(work, "efi.cfg")
    with open(first, "w", encoding="ascii") as file:
        file.write("search --set=root --file /boot/capella.elf\nset prefix=($root)/boot/grub\n"
                   "configfile /boot/grub/grub.cfg\n")
    run("grub-mkimage", "-O", "x86_64-efi", "-o", loader, "-p", "/boot/grub", "-c", first, "iso9660",
        "search", "normal", "multiboot2", "configfile", "all_video", "part_gpt", "part_msdos", "fat")
    set_times(work)
    with open(image, "wb") as file:
        file.truncate(1440 * 1024)
    run("mformat", "-i", image, "-N", "43415045", "::")
    run("mmd", "-i", image, "::/EFI", "::/EFI/BOOT")
    run("mcopy", "-m", "-i", image, loader, "::/EFI/BOOT/BOOTX64.EFI")
    return image


def bios_image(work):
    """What a BIOS boots: GRUB's CD loader and core, with all the modules it needs."""
    core, image = os.path.join(work, "core.img"), os.path.join(work, "eltorito.img")
    modules = ["biosdisk", "iso9660", "normal", "multiboot2", "configfile", "search", "all_video"]
    run("grub-mkimage", "-O", "i386-pc", "-o", core, "-p", "/boot/grub", *modules)
    with open(image, "wb") as out:
        for part in ("/usr/lib/grub/i386-pc/cdboot.img", core):
            with open(part, "rb") as file:
                out.write(file.read())
    return image


def run(*command):
    environment = dict(os.environ, SOURCE_DATE_EPOCH=str(EPOCH), TZ="UTC", LC_ALL="C")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"dist.py: {command[0]} failed:\n{done.stdout}{done.stderr}")


def boot_image(path, kernel, root):
    with tempfile.TemporaryDirectory() as work:
        tree = os.path.join(work, "tree")
        os.makedirs(os.path.join(tree, "boot", "grub"))
        for source, name in ((kernel, "capella.elf"), (root, "root.elf")):
            run("strip", "--strip-debug", "-o", os.path.join(tree, "boot", name), source)
        with open(os.path.join(tree, "boot", "grub", "grub.cfg"), "w", encoding="ascii") as file:
            file.write("set timeout=0\nmenuentry Capella {\n    multiboot2 /boot/capella.elf\n"
                       "    module2 /boot/root.elf\n}\n")
        shutil.copy(bios_image(work), os.path.join(tree, "boot", "grub", "eltorito.img"))
        shutil.copy(efi_image(work), os.path.join(tree, "efi.img"))
        set_times(work)
        run("xorriso", "-as", "mkisofs", "-R", "-V", "CAPELLA", "-o", path,
            "--grub2-mbr", "/usr/lib/grub/i386-pc/boot_hybrid.img",
            "-b", "boot/grub/eltorito.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
            "--grub2-boot-info", "-eltorito-alt-boot", "-e", "efi.img", "-no-emul-boot",
            "-isohybrid-gpt-basdat", tree)


def main():
    out, sdk, kernel, root = sys.argv[1:]
    with open("sdk/VERSION", encoding="ascii") as file:
        name = "capella-" + file.read().strip()
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    tarball(f"{out}/{name}.tar.gz", name, ".", source_files())
    tarball(f"{out}/{name}-sdk.tar.gz", f"{name}-sdk", sdk, files_below(sdk))
    boot_image(os.path.abspath(f"{out}/{name}.iso"), kernel, root)
    sums = []
    for file_name in sorted(os.listdir(out)):
        with open(os.path.join(out, file_name), "rb") as file:
            sums.append(f"{hashlib.sha256(file.read()).hexdigest()}  {file_name}")
    with open(f"{out}/SHA256SUMS", "w", encoding="ascii") as file:
        file.write("\n".join(sums) + "\n")
    print("\n".join("  " + line for line in sums))


if __name__ == "__main__":
    main()
