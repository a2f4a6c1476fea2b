/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's capability and object types behind the interface that the kernel proper uses. */
#include <arch/capability.h>
#include <arch/object.h>
#include <arch/x86_64/ioport.h>
#include <arch/x86_64/vspace.h>
#include <kernel/abi.h>

_Static_assert((int)OBJECT_COUNT == (int)seL4_ObjectTypeCount, "types.md 6");

word_t arch_object_bits(word_t type)
{
    switch (type) {
    case seL4_X64_HugePageObject:
        return HUGE_PAGE_BITS;
    case seL4_X86_LargePageObject:
        return LARGE_PAGE_BITS;
    default:
        return PAGE_BITS;
    }
}

bool arch_object_is_frame(word_t type)
{
    return type == seL4_X86_4K || type == seL4_X86_LargePageObject || type == seL4_X64_HugePageObject;
}

struct cap arch_object_create(word_t type, paddr_t at, bool device)
{
    switch (type) {
    case seL4_X86_PDPTObject:
        return cap_table(CAP_PDPT, memory_pointer(at));
    case seL4_X86_PageDirectoryObject:
        return cap_table(CAP_PAGE_DIRECTORY, memory_pointer(at));
    case seL4_X86_PageTableObject:
        return cap_table(CAP_PAGE_TABLE, memory_pointer(at));
    case seL4_X64_PML4Object: {
        struct pml4 *space = memory_pointer(at);
        space->entry[KERNEL_PML4_INDEX].raw = kernel_pml4_entry;
        return cap_pml4(space, 0);
    }
    default:
        return cap_frame(at, arch_object_bits(type), device);
    }
}

struct region arch_cap_region(struct cap c)
{
    switch (cap_type(c)) {
    case CAP_FRAME:
        return (struct region){ cap_frame_base(c).at, BIT(cap_frame_bits(c)) };
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
    case CAP_PML4:
    case CAP_ASID_POOL:
        return (struct region){ memory_physical(cap_page_object(c)).at, PAGE_BYTES };
    default:
        return (struct region){ 0, 0 };
    }
}

bool arch_cap_controls(struct cap parent, struct cap child)
{
    return cap_type(parent) == CAP_IO_PORT_CONTROL && cap_type(child) == CAP_IO_PORT;
}

struct cap arch_cap_mask_rights(struct cap c, word_t rights)
{
    return cap_type(c) == CAP_FRAME ? cap_frame_mask_rights(c, rights) : c;
}

bool arch_cap_derive(struct cap *cap)
{
    switch (cap_type(*cap)) {
    case CAP_FRAME:
        cap_clear_mapping(cap);
        return true;
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
    case CAP_PML4:
        return cap_is_mapped(*cap);
    case CAP_IO_PORT_CONTROL:
        *cap = cap_null();
        return true;
    default:
        return true;
    }
}

void arch_cap_finalise(struct cap c, bool final)
{
    switch (cap_type(c)) {
    case CAP_FRAME:
        frame_unmap(c);
        break;
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
        if (final)
            table_unlink(c);
        break;
    case CAP_PML4:
        vspace_lost();
        if (final)
            asid_space_finalise(c);
        break;
    case CAP_ASID_POOL:
        if (final)
            asid_pool_finalise(c);
        break;
    default:
        break;
    }
}

void arch_cap_release(struct cap c)
{
    if (cap_type(c) == CAP_IO_PORT)
        io_port_release(c);
}

seL4_Error arch_invoke(struct invocation *inv)
{
    switch (cap_type(inv->cap)) {
    case CAP_FRAME:
        return frame_invoke(inv);
    case CAP_PAGE_TABLE:
    case CAP_PAGE_DIRECTORY:
    case CAP_PDPT:
        return table_invoke(inv);
    case CAP_ASID_CONTROL:
        return asid_control_invoke(inv);
    case CAP_ASID_POOL:
        return asid_pool_invoke(inv);
    case CAP_IO_PORT:
        return io_port_invoke(inv);
    case CAP_IO_PORT_CONTROL:
        return io_port_control_invoke(inv);
    default:
        return fail_illegal(inv, "a PML4 has no methods");
    }
}
