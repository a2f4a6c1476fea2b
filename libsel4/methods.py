# SPDX-License-Identifier: BSD-2-Clause
"""The object methods: the one table of the interface.

tools/gen_methods.py makes the label numbers, the stubs and the result structs from it.  It is a
plain literal.  METHODS is a list of blocks; a block is a name and its methods in label order.
Labels are consecutive through all blocks, from 1; a method that a configuration lacks takes no
number there.

A method:
    label    enumerator of its number.  Two methods may share a label if no configuration has both.
    name     of the C function.  Its first parameter is the invoked capability, `service` its type.
    when     the configuration that has it: always, classic (not MCS), MCS, classic+SMP, HWDBG, VTX,
             VTX64, IOMMU
    does     one line for the documentation
    params   (C type, name, place, text) in C order
    results  (C type, name, place, text); without it the function returns the bare error
    rights   which rights of capabilities matter; without it none do
    errors   (error, reason) in the order in which they are looked for, as far as they are the
             method's own; the errors of every method are in COMMON_ERRORS.  A number in brackets is
             what message word 0 then says: which argument or capability

A place:
    mrN          message word N
    mrN@b        bit b of message word N
    mrN@a..b     bits a to b of message word N; the value is cut to that width
    capN         extra capability N
    regs@N       the words of a struct, from message word N on, as many as parameter `count` says
    all@N        the words of a struct, from message word N on, all of them
    into@N       a struct that receives the words of the answer, from word N on
"""

COMMON_ERRORS = [
    ('seL4_InvalidCapability', 'there is nothing to invoke under that address (0)'),
    ('seL4_IllegalOperation', 'it is not an object with this method'),
    ('seL4_TruncatedMessage', 'fewer message words or extra capabilities than the method takes'),
]

METHODS = [
    ('generic', [
        {
            'label': 'UntypedRetype', 'name': 'seL4_Untyped_Retype', 'service': 'seL4_Untyped',
            'when': 'always',
            'does': 'Create objects from untyped memory, their capabilities in free slots.',
            'params': [
                ('seL4_Word', 'type', 'mr0', 'object type number, such as seL4_TCBObject'),
                ('seL4_Word', 'size_bits', 'mr1',
                 'log2 bytes of an untyped or scheduling context, log2 slots of a capability '
                 'table; not used by types of fixed size, but must be below 64'),
                ('seL4_CNode', 'root', 'cap0', 'CNode from which the destination is found'),
                ('seL4_Word', 'node_index', 'mr2', 'address of the destination CNode in root'),
                ('seL4_Word', 'node_depth', 'mr3',
                 'bits of node_index to resolve; 0 means that root itself is the destination'),
                ('seL4_Word', 'node_offset', 'mr4', 'first slot to fill in the destination'),
                ('seL4_Word', 'num_objects', 'mr5',
                 'how many objects, 1 to seL4_UntypedRetypeMaxObjects'),
            ],
            'errors': [
                ('seL4_InvalidArgument', 'type is not an object type (0)'),
                ('seL4_RangeError',
                 'size_bits is 64 or more, or the object larger than 2^47 bytes'),
                ('seL4_InvalidArgument', 'size_bits is too small for the type (1)'),
                ('seL4_FailedLookup', 'the destination CNode is not found or not a CNode'),
                ('seL4_RangeError', 'node_depth is above 64'),
                ('seL4_RangeError', 'node_offset is not a slot of the destination'),
                ('seL4_RangeError',
                 'num_objects is 0, too large, or more than the slots from node_offset on'),
                ('seL4_DeleteFirst', 'one of the slots is not empty'),
                ('seL4_NotEnoughMemory', 'the objects do not fit'),
                ('seL4_InvalidArgument', 'device memory can only be untyped memory or frames (1)'),
            ],
        },
        {
            'label': 'TCBReadRegisters', 'name': 'seL4_TCB_ReadRegisters', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Read the registers of a thread, which may be stopped first.',
            'params': [
                ('seL4_Bool', 'suspend_source', 'mr0@0', 'also suspend the thread'),
                ('seL4_Uint8', 'arch_flags', 'mr0@8..15', 'not used on x86'),
                ('seL4_Word', 'count', 'mr1', 'how many registers, 1 to 20'),
                ('seL4_UserContext *', 'regs', 'into@0',
                 'receives the first count registers; the others are left as they are'),
            ],
            'errors': [
                ('seL4_RangeError', 'count is not 1 to 20'),
                ('seL4_IllegalOperation', 'the thread is the caller'),
            ],
        },
        {
            'label': 'TCBWriteRegisters', 'name': 'seL4_TCB_WriteRegisters', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Set the registers of a thread, which may be started afterwards.',
            'params': [
                ('seL4_Bool', 'resume_target', 'mr0@0', 'also resume the thread'),
                ('seL4_Uint8', 'arch_flags', 'mr0@8..15', 'not used on x86'),
                ('seL4_Word', 'count', 'mr1', 'how many registers, up to 20'),
                ('seL4_UserContext *', 'regs', 'regs@2',
                 'the registers; the kernel makes addresses canonical and flags harmless'),
            ],
            'errors': [
                ('seL4_TruncatedMessage', 'there is no IPC buffer to hold so many registers'),
                ('seL4_IllegalOperation', 'the thread is the caller'),
            ],
        },
        {
            'label': 'TCBCopyRegisters', 'name': 'seL4_TCB_CopyRegisters', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Copy registers from another thread to this one.',
            'params': [
                ('seL4_TCB', 'source', 'cap0', 'thread to copy from'),
                ('seL4_Bool', 'suspend_source', 'mr0@0', 'also suspend the source'),
                ('seL4_Bool', 'resume_target', 'mr0@1', 'also resume this thread'),
                ('seL4_Bool', 'transfer_frame', 'mr0@2', 'copy rip to r15'),
                ('seL4_Bool', 'transfer_integer', 'mr0@3', 'copy fs_base and gs_base'),
                ('seL4_Uint8', 'arch_flags', 'mr0@8..15', 'not used on x86'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'source is not a thread (1)'),
            ],
        },
        {
            'label': 'TCBConfigure', 'name': 'seL4_TCB_Configure', 'service': 'seL4_TCB',
            'when': 'classic',
            'does': 'Set fault handler, capability and address space and IPC buffer of a thread.',
            'params': [
                ('seL4_Word', 'fault_ep', 'mr0',
                 'address of the fault endpoint in the thread\'s own capability space'),
                ('seL4_CNode', 'cspace_root', 'cap0', 'root of the new capability space'),
                ('seL4_Word', 'cspace_root_data', 'mr1',
                 'guard of the root, a seL4_CNode_CapData word; 0 keeps the guard it has'),
                ('seL4_CPtr', 'vspace_root', 'cap1', 'top-level page table, assigned to a pool'),
                ('seL4_Word', 'vspace_root_data', 'mr2', 'not used on x86'),
                ('seL4_Word', 'buffer', 'mr3',
                 'virtual address of the IPC buffer, a multiple of 1024; 0 for no buffer'),
                ('seL4_CPtr', 'bufferFrame', 'cap2',
                 'frame that holds the buffer; not looked at without a buffer'),
            ],
            'rights': 'bufferFrame: read to send, read and write to receive through it',
            'errors': [
                ('seL4_IllegalOperation', 'bufferFrame is not a frame of ordinary memory'),
                ('seL4_AlignmentError', 'buffer is not a multiple of 1024'),
                ('seL4_IllegalOperation',
                 'the present capability space or address space is being deleted, or its '
                 'last capability is the thread\'s own'),
                ('seL4_IllegalOperation',
                 'cspace_root is not a CNode, or its new guard does not fit'),
                ('seL4_IllegalOperation', 'vspace_root is not a page table assigned to a pool'),
            ],
        },
        {
            'label': 'TCBConfigure', 'name': 'seL4_TCB_Configure', 'service': 'seL4_TCB',
            'when': 'MCS',
            'does': 'Set capability space, address space and IPC buffer of a thread.',
            'params': [
                ('seL4_CNode', 'cspace_root', 'cap0', 'root of the new capability space'),
                ('seL4_Word', 'cspace_root_data', 'mr0',
                 'guard of the root, a seL4_CNode_CapData word; 0 keeps the guard it has'),
                ('seL4_CPtr', 'vspace_root', 'cap1', 'top-level page table, assigned to a pool'),
                ('seL4_Word', 'vspace_root_data', 'mr1', 'not used on x86'),
                ('seL4_Word', 'buffer', 'mr2',
                 'virtual address of the IPC buffer, a multiple of 1024; 0 for no buffer'),
                ('seL4_CPtr', 'bufferFrame', 'cap2',
                 'frame that holds the buffer; not looked at without a buffer'),
            ],
            'rights': 'bufferFrame: read to send, read and write to receive through it',
            'errors': [
                ('seL4_IllegalOperation', 'bufferFrame is not a frame of ordinary memory'),
                ('seL4_AlignmentError', 'buffer is not a multiple of 1024'),
                ('seL4_IllegalOperation',
                 'the present capability space or address space is being deleted, or its '
                 'last capability is the thread\'s own'),
                ('seL4_IllegalOperation',
                 'cspace_root is not a CNode, or its new guard does not fit'),
                ('seL4_IllegalOperation', 'vspace_root is not a page table assigned to a pool'),
            ],
        },
        {
            'label': 'TCBSetPriority', 'name': 'seL4_TCB_SetPriority', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Set the priority of a thread.',
            'params': [
                ('seL4_TCB', 'authority', 'cap0',
                 'thread whose maximum controlled priority is the limit'),
                ('seL4_Word', 'priority', 'mr0', 'new priority, 0 to seL4_MaxPrio'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'authority is not a thread (1)'),
                ('seL4_RangeError', 'priority is above the authority\'s maximum'),
            ],
        },
        {
            'label': 'TCBSetMCPriority', 'name': 'seL4_TCB_SetMCPriority', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Set the highest priority that a thread may give to threads.',
            'params': [
                ('seL4_TCB', 'authority', 'cap0',
                 'thread whose maximum controlled priority is the limit'),
                ('seL4_Word', 'mcp', 'mr0', 'new maximum controlled priority, 0 to seL4_MaxPrio'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'authority is not a thread (1)'),
                ('seL4_RangeError', 'mcp is above the authority\'s maximum'),
            ],
        },
        {
            'label': 'TCBSetSchedParams', 'name': 'seL4_TCB_SetSchedParams', 'service': 'seL4_TCB',
            'when': 'classic',
            'does': 'Set priority and maximum controlled priority of a thread.',
            'params': [
                ('seL4_TCB', 'authority', 'cap0',
                 'thread whose maximum controlled priority is the limit'),
                ('seL4_Word', 'mcp', 'mr0', 'new maximum controlled priority, 0 to seL4_MaxPrio'),
                ('seL4_Word', 'priority', 'mr1', 'new priority, 0 to seL4_MaxPrio'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'authority is not a thread (1)'),
                ('seL4_RangeError', 'mcp or priority is above the authority\'s maximum'),
            ],
        },
        {
            'label': 'TCBSetSchedParams', 'name': 'seL4_TCB_SetSchedParams', 'service': 'seL4_TCB',
            'when': 'MCS',
            'does': 'Set priorities, scheduling context and fault handler of a thread.',
            'params': [
                ('seL4_TCB', 'authority', 'cap0',
                 'thread whose maximum controlled priority is the limit'),
                ('seL4_Word', 'mcp', 'mr0', 'new maximum controlled priority, 0 to seL4_MaxPrio'),
                ('seL4_Word', 'priority', 'mr1', 'new priority, 0 to seL4_MaxPrio'),
                ('seL4_CPtr', 'sched_context', 'cap1',
                 'scheduling context to bind; an empty slot takes the present one away'),
                ('seL4_CPtr', 'fault_ep', 'cap2',
                 'fault endpoint in the caller\'s capability space; an empty slot for none'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'authority is not a thread (1)'),
                ('seL4_RangeError', 'mcp or priority is above the authority\'s maximum'),
                ('seL4_IllegalOperation',
                 'thread or scheduling context is bound to another, the thread is blocked '
                 'and its time not there yet, or the caller would lose its own'),
                ('seL4_InvalidCapability', 'sched_context is not a scheduling context (2)'),
                ('seL4_InvalidCapability', 'fault_ep is not an endpoint that can be called (3)'),
            ],
        },
        {
            'label': 'TCBSetTimeoutEndpoint', 'name': 'seL4_TCB_SetTimeoutEndpoint',
            'service': 'seL4_TCB', 'when': 'MCS',
            'does': 'Set the endpoint that receives the timeout faults of a thread.',
            'params': [
                ('seL4_CPtr', 'timeout_fault_ep', 'cap0', 'endpoint; an empty slot for none'),
            ],
            'rights': 'timeout_fault_ep: write, and grant or grant-reply',
            'errors': [
                ('seL4_InvalidCapability',
                 'timeout_fault_ep is not an endpoint that can be called (1)'),
            ],
        },
        {
            'label': 'TCBSetIPCBuffer', 'name': 'seL4_TCB_SetIPCBuffer', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Set the IPC buffer of a thread.',
            'params': [
                ('seL4_Word', 'buffer', 'mr0',
                 'virtual address of the IPC buffer, a multiple of 1024; 0 for no buffer'),
                ('seL4_CPtr', 'bufferFrame', 'cap0',
                 'frame that holds the buffer; not looked at without a buffer'),
            ],
            'rights': 'bufferFrame: read to send, read and write to receive through it',
            'errors': [
                ('seL4_IllegalOperation', 'bufferFrame is not a frame of ordinary memory'),
                ('seL4_AlignmentError', 'buffer is not a multiple of 1024'),
            ],
        },
        {
            'label': 'TCBSetSpace', 'name': 'seL4_TCB_SetSpace', 'service': 'seL4_TCB',
            'when': 'classic',
            'does': 'Set fault handler, capability space and address space of a thread.',
            'params': [
                ('seL4_Word', 'fault_ep', 'mr0',
                 'address of the fault endpoint in the thread\'s own capability space'),
                ('seL4_CNode', 'cspace_root', 'cap0', 'root of the new capability space'),
                ('seL4_Word', 'cspace_root_data', 'mr1',
                 'guard of the root, a seL4_CNode_CapData word; 0 keeps the guard it has'),
                ('seL4_CPtr', 'vspace_root', 'cap1', 'top-level page table, assigned to a pool'),
                ('seL4_Word', 'vspace_root_data', 'mr2', 'not used on x86'),
            ],
            'errors': [
                ('seL4_IllegalOperation',
                 'the present capability space or address space is being deleted, or its '
                 'last capability is the thread\'s own'),
                ('seL4_IllegalOperation',
                 'cspace_root is not a CNode, or its new guard does not fit'),
                ('seL4_IllegalOperation', 'vspace_root is not a page table assigned to a pool'),
            ],
        },
        {
            'label': 'TCBSetSpace', 'name': 'seL4_TCB_SetSpace', 'service': 'seL4_TCB',
            'when': 'MCS',
            'does': 'Set fault handler, capability space and address space of a thread.',
            'params': [
                ('seL4_CPtr', 'fault_ep', 'cap0',
                 'fault endpoint in the caller\'s capability space; an empty slot for none'),
                ('seL4_CNode', 'cspace_root', 'cap1', 'root of the new capability space'),
                ('seL4_Word', 'cspace_root_data', 'mr0',
                 'guard of the root, a seL4_CNode_CapData word; 0 keeps the guard it has'),
                ('seL4_CPtr', 'vspace_root', 'cap2', 'top-level page table, assigned to a pool'),
                ('seL4_Word', 'vspace_root_data', 'mr1', 'not used on x86'),
            ],
            'errors': [
                ('seL4_IllegalOperation',
                 'the present capability space or address space is being deleted, or its '
                 'last capability is the thread\'s own'),
                ('seL4_IllegalOperation',
                 'cspace_root is not a CNode, or its new guard does not fit'),
                ('seL4_IllegalOperation', 'vspace_root is not a page table assigned to a pool'),
                ('seL4_InvalidCapability', 'fault_ep is not an endpoint that can be called (1)'),
            ],
        },
        {
            'label': 'TCBSuspend', 'name': 'seL4_TCB_Suspend', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Stop a thread; an operation it waits in is cancelled.',
            'params': [],
        },
        {
            'label': 'TCBResume', 'name': 'seL4_TCB_Resume', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Start a thread that is stopped; a thread that is blocked or runs goes on.',
            'params': [],
        },
        {
            'label': 'TCBBindNotification', 'name': 'seL4_TCB_BindNotification',
            'service': 'seL4_TCB', 'when': 'always',
            'does': 'Let a thread receive signals of a notification while it waits for messages.',
            'params': [
                ('seL4_CPtr', 'notification', 'cap0', 'notification to bind, with read right'),
            ],
            'rights': 'notification: read',
            'errors': [
                ('seL4_IllegalOperation',
                 'the thread has a notification, the notification a thread or waiters, or '
                 'the right is missing'),
            ],
        },
        {
            'label': 'TCBUnbindNotification', 'name': 'seL4_TCB_UnbindNotification',
            'service': 'seL4_TCB', 'when': 'always',
            'does': 'Undo the binding of a thread to its notification.',
            'params': [],
            'errors': [
                ('seL4_IllegalOperation', 'the thread has no notification'),
            ],
        },
        {
            'label': 'TCBSetAffinity', 'name': 'seL4_TCB_SetAffinity', 'service': 'seL4_TCB',
            'when': 'classic+SMP',
            'does': 'Choose the processor on which a thread runs.',
            'params': [
                ('seL4_Word', 'affinity', 'mr0', 'node number, 0 to numNodes - 1'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'affinity is not a node'),
            ],
        },
        {
            'label': 'TCBSetBreakpoint', 'name': 'seL4_TCB_SetBreakpoint', 'service': 'seL4_TCB',
            'when': 'HWDBG',
            'does': 'Arm a hardware breakpoint for a thread.',
            'params': [
                ('seL4_Uint16', 'bp_num', 'mr0@0..15', 'breakpoint number, 0 to 3'),
                ('seL4_Word', 'vaddr', 'mr1', 'address to watch, aligned to size'),
                ('seL4_Word', 'type', 'mr2', 'seL4_DataBreakpoint or seL4_InstructionBreakpoint'),
                ('seL4_Word', 'size', 'mr3',
                 'bytes to watch: 1, 2, 4 or 8; 0 for an instruction breakpoint'),
                ('seL4_Word', 'rw', 'mr4',
                 'a seL4_BreakpointAccess; seL4_BreakOnRead for an instruction breakpoint'),
            ],
            'errors': [
                ('seL4_InvalidArgument',
                 'vaddr is not a user address (1), type not one of the two (2), size not '
                 'possible (3) or rw not possible for an instruction (4)'),
                ('seL4_AlignmentError', 'vaddr is not a multiple of size'),
                ('seL4_RangeError', 'bp_num is above 3'),
            ],
        },
        {
            'label': 'TCBGetBreakpoint', 'name': 'seL4_TCB_GetBreakpoint', 'service': 'seL4_TCB',
            'when': 'HWDBG',
            'does': 'Read a hardware breakpoint of a thread.',
            'params': [
                ('seL4_Uint16', 'bp_num', 'mr0@0..15', 'breakpoint number, 0 to 3'),
            ],
            'results': [
                ('seL4_Word', 'vaddr', 'mr0', 'address watched'),
                ('seL4_Word', 'type', 'mr1', 'a seL4_BreakpointType'),
                ('seL4_Word', 'size', 'mr2', 'bytes watched'),
                ('seL4_Word', 'rw', 'mr3', 'a seL4_BreakpointAccess'),
                ('seL4_Bool', 'is_enabled', 'mr4@0', 'whether the breakpoint is armed'),
            ],
            'errors': [
                ('seL4_RangeError', 'bp_num is above 3'),
            ],
        },
        {
            'label': 'TCBUnsetBreakpoint', 'name': 'seL4_TCB_UnsetBreakpoint',
            'service': 'seL4_TCB', 'when': 'HWDBG',
            'does': 'Disarm a hardware breakpoint of a thread.',
            'params': [
                ('seL4_Uint16', 'bp_num', 'mr0@0..15', 'breakpoint number, 0 to 3'),
            ],
            'errors': [
                ('seL4_RangeError', 'bp_num is above 3'),
            ],
        },
        {
            'label': 'TCBConfigureSingleStepping', 'name': 'seL4_TCB_ConfigureSingleStepping',
            'service': 'seL4_TCB', 'when': 'HWDBG',
            'does': 'Let a thread run a number of instructions and then report.',
            'params': [
                ('seL4_Uint16', 'bp_num', 'mr0@0..15',
                 'not used on x86, where stepping needs no breakpoint'),
                ('seL4_Word', 'num_instructions', 'mr1',
                 'instructions until the report; 0 switches stepping off'),
            ],
            'results': [
                ('seL4_Bool', 'bp_was_consumed', 'mr0@0', 'always 0 on x86'),
            ],
        },
        {
            'label': 'TCBSetTLSBase', 'name': 'seL4_TCB_SetTLSBase', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Set the base of a thread\'s local storage (fs_base).',
            'params': [
                ('seL4_Word', 'tls_base', 'mr0', 'the new base, a canonical address'),
            ],
        },
        {
            'label': 'TCBSetFlags', 'name': 'seL4_TCB_SetFlags', 'service': 'seL4_TCB',
            'when': 'always',
            'does': 'Change the feature flags of a thread.',
            'params': [
                ('seL4_Word', 'clear', 'mr0', 'seL4_TCBFlag bits to clear'),
                ('seL4_Word', 'set', 'mr1', 'seL4_TCBFlag bits to set afterwards'),
            ],
            'results': [
                ('seL4_Word', 'flags', 'mr0', 'the flags after the change'),
            ],
        },
        {
            'label': 'CNodeRevoke', 'name': 'seL4_CNode_Revoke', 'service': 'seL4_CNode',
            'when': 'always',
            'does': 'Delete all capabilities derived from one.',
            'params': [
                ('seL4_Word', 'index', 'mr0', 'address of the capability'),
                ('seL4_Uint8', 'depth', 'mr1@0..7', 'bits of index to resolve, 1 to 64'),
            ],
            'errors': [
                ('seL4_RangeError', 'depth is not 1 to 64'),
                ('seL4_FailedLookup', 'the slot is not found'),
            ],
        },
        {
            'label': 'CNodeDelete', 'name': 'seL4_CNode_Delete', 'service': 'seL4_CNode',
            'when': 'always',
            'does': 'Delete a capability; with the last one to an object, the object.',
            'params': [
                ('seL4_Word', 'index', 'mr0', 'address of the capability'),
                ('seL4_Uint8', 'depth', 'mr1@0..7', 'bits of index to resolve, 1 to 64'),
            ],
            'errors': [
                ('seL4_RangeError', 'depth is not 1 to 64'),
                ('seL4_FailedLookup', 'the slot is not found'),
            ],
        },
        {
            'label': 'CNodeCancelBadgedSends', 'name': 'seL4_CNode_CancelBadgedSends',
            'service': 'seL4_CNode', 'when': 'always',
            'does': 'Take the senders that used this endpoint badge out of the endpoint\'s queue.',
            'params': [
                ('seL4_Word', 'index', 'mr0', 'address of the endpoint capability'),
                ('seL4_Uint8', 'depth', 'mr1@0..7', 'bits of index to resolve, 1 to 64'),
            ],
            'rights': 'the endpoint: all four',
            'errors': [
                ('seL4_RangeError', 'depth is not 1 to 64'),
                ('seL4_FailedLookup', 'the slot is not found'),
                ('seL4_IllegalOperation', 'the capability is not an endpoint with all rights'),
            ],
        },
        {
            'label': 'CNodeCopy', 'name': 'seL4_CNode_Copy', 'service': 'seL4_CNode',
            'when': 'always',
            'does': 'Copy a capability, possibly with fewer rights.',
            'params': [
                ('seL4_Word', 'dest_index', 'mr0', 'address of the empty destination slot'),
                ('seL4_Uint8', 'dest_depth', 'mr1@0..7', 'bits of dest_index, 1 to 64'),
                ('seL4_CNode', 'src_root', 'cap0', 'CNode from which the source is found'),
                ('seL4_Word', 'src_index', 'mr2', 'address of the source slot'),
                ('seL4_Uint8', 'src_depth', 'mr3@0..7', 'bits of src_index, 1 to 64'),
                ('seL4_CapRights_t', 'rights', 'mr4', 'rights that the copy keeps'),
            ],
            'rights': 'the copy has the rights that both the source and `rights` have',
            'errors': [
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
                ('seL4_RangeError', 'the depth of the source is not 1 to 64'),
                ('seL4_FailedLookup', 'the source slot is not found or empty'),
                ('seL4_RevokeFirst', 'the source is untyped memory in use'),
                ('seL4_IllegalOperation', 'such a capability cannot be copied'),
            ],
        },
        {
            'label': 'CNodeMint', 'name': 'seL4_CNode_Mint', 'service': 'seL4_CNode',
            'when': 'always',
            'does': 'Copy a capability with a badge or guard, possibly with fewer rights.',
            'params': [
                ('seL4_Word', 'dest_index', 'mr0', 'address of the empty destination slot'),
                ('seL4_Uint8', 'dest_depth', 'mr1@0..7', 'bits of dest_index, 1 to 64'),
                ('seL4_CNode', 'src_root', 'cap0', 'CNode from which the source is found'),
                ('seL4_Word', 'src_index', 'mr2', 'address of the source slot'),
                ('seL4_Uint8', 'src_depth', 'mr3@0..7', 'bits of src_index, 1 to 64'),
                ('seL4_CapRights_t', 'rights', 'mr4', 'rights that the copy keeps'),
                ('seL4_Word', 'badge', 'mr5',
                 'badge of an endpoint or notification without one, seL4_CNode_CapData of a CNode'),
            ],
            'rights': 'the copy has the rights that both the source and `rights` have',
            'errors': [
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
                ('seL4_RangeError', 'the depth of the source is not 1 to 64'),
                ('seL4_FailedLookup', 'the source slot is not found or empty'),
                ('seL4_RevokeFirst', 'the source is untyped memory in use'),
                ('seL4_IllegalOperation',
                 'such a capability cannot be copied, has a badge already, or the guard does'
                 ' not fit'),
            ],
        },
        {
            'label': 'CNodeMove', 'name': 'seL4_CNode_Move', 'service': 'seL4_CNode',
            'when': 'always',
            'does': 'Move a capability.',
            'params': [
                ('seL4_Word', 'dest_index', 'mr0', 'address of the empty destination slot'),
                ('seL4_Uint8', 'dest_depth', 'mr1@0..7', 'bits of dest_index, 1 to 64'),
                ('seL4_CNode', 'src_root', 'cap0', 'CNode from which the source is found'),
                ('seL4_Word', 'src_index', 'mr2', 'address of the source slot'),
                ('seL4_Uint8', 'src_depth', 'mr3@0..7', 'bits of src_index, 1 to 64'),
            ],
            'errors': [
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
                ('seL4_RangeError', 'the depth of the source is not 1 to 64'),
                ('seL4_FailedLookup', 'the source slot is not found or empty'),
            ],
        },
        {
            'label': 'CNodeMutate', 'name': 'seL4_CNode_Mutate', 'service': 'seL4_CNode',
            'when': 'always',
            'does': 'Move a capability and give it a new guard.',
            'params': [
                ('seL4_Word', 'dest_index', 'mr0', 'address of the empty destination slot'),
                ('seL4_Uint8', 'dest_depth', 'mr1@0..7', 'bits of dest_index, 1 to 64'),
                ('seL4_CNode', 'src_root', 'cap0', 'CNode from which the source is found'),
                ('seL4_Word', 'src_index', 'mr2', 'address of the source slot'),
                ('seL4_Uint8', 'src_depth', 'mr3@0..7', 'bits of src_index, 1 to 64'),
                ('seL4_Word', 'badge', 'mr4', 'seL4_CNode_CapData of a CNode'),
            ],
            'errors': [
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
                ('seL4_RangeError', 'the depth of the source is not 1 to 64'),
                ('seL4_FailedLookup', 'the source slot is not found or empty'),
                ('seL4_IllegalOperation',
                 'the source is an endpoint or notification, or the guard does not fit'),
            ],
        },
        {
            'label': 'CNodeRotate', 'name': 'seL4_CNode_Rotate', 'service': 'seL4_CNode',
            'when': 'always',
            'does': 'Move the pivot capability to the destination and the source to the pivot.',
            'params': [
                ('seL4_Word', 'dest_index', 'mr0', 'address of the destination slot'),
                ('seL4_Uint8', 'dest_depth', 'mr1@0..7', 'bits of dest_index, 1 to 64'),
                ('seL4_Word', 'dest_badge', 'mr2', 'new guard of what was the pivot'),
                ('seL4_CNode', 'pivot_root', 'cap0', 'CNode from which the pivot is found'),
                ('seL4_Word', 'pivot_index', 'mr3', 'address of the pivot slot'),
                ('seL4_Uint8', 'pivot_depth', 'mr4@0..7', 'bits of pivot_index, 1 to 64'),
                ('seL4_Word', 'pivot_badge', 'mr5', 'new guard of what was the source'),
                ('seL4_CNode', 'src_root', 'cap1', 'CNode from which the source is found'),
                ('seL4_Word', 'src_index', 'mr6', 'address of the source slot'),
                ('seL4_Uint8', 'src_depth', 'mr7@0..7', 'bits of src_index, 1 to 64'),
            ],
            'errors': [
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_RangeError', 'the depth of source or pivot is not 1 to 64'),
                ('seL4_FailedLookup', 'source or pivot is not found'),
                ('seL4_IllegalOperation',
                 'pivot and source, or pivot and destination, are one slot'),
                ('seL4_DeleteFirst', 'the destination is not empty and not the source'),
                ('seL4_FailedLookup', 'source or pivot is empty'),
                ('seL4_IllegalOperation',
                 'one of the capabilities is an endpoint or notification, or a guard does '
                 'not fit'),
            ],
        },
        {
            'label': 'CNodeSaveCaller', 'name': 'seL4_CNode_SaveCaller', 'service': 'seL4_CNode',
            'when': 'classic',
            'does': 'Keep the capability to answer the pending caller in a slot, for later.',
            'params': [
                ('seL4_Word', 'index', 'mr0', 'address of the empty slot'),
                ('seL4_Uint8', 'depth', 'mr1@0..7', 'bits of index to resolve, 1 to 64'),
            ],
            'errors': [
                ('seL4_RangeError', 'depth is not 1 to 64'),
                ('seL4_FailedLookup', 'the slot is not found'),
                ('seL4_DeleteFirst', 'the slot is not empty'),
            ],
        },
        {
            'label': 'IRQIssueIRQHandler', 'name': 'seL4_IRQControl_Get',
            'service': 'seL4_IRQControl', 'when': 'always',
            'does': 'Make a handler capability for a line of the legacy interrupt controller.',
            'params': [
                ('seL4_Word', 'irq', 'mr0', 'line, 0 to 15'),
                ('seL4_CNode', 'root', 'cap0', 'CNode from which the destination is found'),
                ('seL4_Word', 'index', 'mr1', 'address of the empty destination slot'),
                ('seL4_Uint8', 'depth', 'mr2@0..7', 'bits of index to resolve, 1 to 64'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'the kernel uses I/O APICs'),
                ('seL4_RangeError', 'irq is above 15'),
                ('seL4_RevokeFirst', 'the line is in use'),
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
            ],
        },
        {
            'label': 'IRQAckIRQ', 'name': 'seL4_IRQHandler_Ack', 'service': 'seL4_IRQHandler',
            'when': 'always',
            'does': 'Say that the interrupt is dealt with and the next one may come.',
            'params': [],
        },
        {
            'label': 'IRQSetIRQHandler', 'name': 'seL4_IRQHandler_SetNotification',
            'service': 'seL4_IRQHandler', 'when': 'always',
            'does': 'Choose the notification that an interrupt signals.',
            'params': [
                ('seL4_CPtr', 'notification', 'cap0',
                 'notification with write right; its badge is what is signalled'),
            ],
            'rights': 'notification: write',
            'errors': [
                ('seL4_InvalidCapability', 'notification is not one, or lacks the right (0)'),
            ],
        },
        {
            'label': 'IRQClearIRQHandler', 'name': 'seL4_IRQHandler_Clear',
            'service': 'seL4_IRQHandler', 'when': 'always',
            'does': 'Signal no notification any more.',
            'params': [],
        },
        {
            'label': 'DomainSetSet', 'name': 'seL4_DomainSet_Set', 'service': 'seL4_DomainSet',
            'when': 'always',
            'does': 'Choose the scheduling domain of a thread.',
            'params': [
                ('seL4_Uint8', 'domain', 'mr0@0..7', 'domain, 0 to CONFIG_NUM_DOMAINS - 1'),
                ('seL4_TCB', 'thread', 'cap0', 'the thread'),
            ],
            'errors': [
                ('seL4_InvalidArgument', 'domain is too large (0) or thread not a thread (1)'),
            ],
        },
        {
            'label': 'DomainScheduleConfigure', 'name': 'seL4_DomainSet_ScheduleConfigure',
            'service': 'seL4_DomainSet', 'when': 'always',
            'does': 'Set an entry of the domain schedule.',
            'params': [
                ('seL4_Word', 'index', 'mr0', 'entry, 0 to CONFIG_NUM_DOMAIN_SCHEDULES - 2'),
                ('seL4_Uint8', 'domain', 'mr1@0..7', 'domain, 0 to CONFIG_NUM_DOMAINS - 1'),
                ('seL4_Time', 'duration', 'mr2',
                 'how long, in kernel ticks (classic) or timer ticks (MCS), below 2^56; 0 with '
                 'domain 0 ends the schedule here'),
            ],
            'errors': [
                ('seL4_RangeError', 'index or domain is too large'),
                ('seL4_InvalidArgument',
                 'a domain other than 0 without duration (1), duration too large or the '
                 'schedule would start with its end (2)'),
            ],
        },
        {
            'label': 'DomainScheduleSetStart', 'name': 'seL4_DomainSet_ScheduleSetStart',
            'service': 'seL4_DomainSet', 'when': 'always',
            'does': 'Start the domain schedule anew at an entry.',
            'params': [
                ('seL4_Word', 'index', 'mr0', 'entry to start at; not an end marker'),
            ],
            'errors': [
                ('seL4_RangeError', 'index is not an entry'),
                ('seL4_InvalidArgument', 'the entry is an end marker (0)'),
            ],
        },
        {
            'label': 'SchedControlConfigureFlags', 'name': 'seL4_SchedControl_ConfigureFlags',
            'service': 'seL4_SchedControl', 'when': 'MCS',
            'does': 'Set the processor time of a scheduling context.',
            'params': [
                ('seL4_SchedContext', 'schedcontext', 'cap0', 'scheduling context to configure'),
                ('seL4_Time', 'budget', 'mr0', 'microseconds in each period, up to period'),
                ('seL4_Time', 'period', 'mr1',
                 'microseconds; equal to budget for plain round robin'),
                ('seL4_Word', 'extra_refills', 'mr2',
                 'pieces the budget may split into, beyond two; up to seL4_MaxExtraRefills'),
                ('seL4_Word', 'badge', 'mr3', 'data word of its timeout faults'),
                ('seL4_Word', 'flags', 'mr4', 'seL4_SchedContextFlag bits'),
            ],
            'errors': [
                ('seL4_RangeError',
                 'budget or period is too short or too long, or budget above period'),
                ('seL4_InvalidCapability', 'schedcontext is not a scheduling context (1)'),
                ('seL4_RangeError', 'extra_refills is more than fits'),
            ],
        },
        {
            'label': 'SchedContextBind', 'name': 'seL4_SchedContext_Bind',
            'service': 'seL4_SchedContext', 'when': 'MCS',
            'does': 'Give a scheduling context to a thread or a notification.',
            'params': [
                ('seL4_CPtr', 'cap', 'cap0', 'thread or notification'),
            ],
            'errors': [
                ('seL4_IllegalOperation',
                 'one of the two is bound already, or the thread is blocked and the time not'
                 ' there yet'),
                ('seL4_InvalidCapability', 'cap is neither thread nor notification (1)'),
            ],
        },
        {
            'label': 'SchedContextUnbind', 'name': 'seL4_SchedContext_Unbind',
            'service': 'seL4_SchedContext', 'when': 'MCS',
            'does': 'Take a scheduling context away from whatever it is bound to.',
            'params': [],
            'errors': [
                ('seL4_IllegalOperation', 'the caller would lose its own'),
            ],
        },
        {
            'label': 'SchedContextUnbindObject', 'name': 'seL4_SchedContext_UnbindObject',
            'service': 'seL4_SchedContext', 'when': 'MCS',
            'does': 'Take a scheduling context away from one object.',
            'params': [
                ('seL4_CPtr', 'cap', 'cap0', 'thread or notification it is bound to'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'the object is not the one bound, or the caller'),
                ('seL4_InvalidCapability', 'cap is neither thread nor notification (1)'),
            ],
        },
        {
            'label': 'SchedContextConsumed', 'name': 'seL4_SchedContext_Consumed',
            'service': 'seL4_SchedContext', 'when': 'MCS',
            'does': 'Read and reset the processor time used.',
            'params': [],
            'results': [
                ('seL4_Time', 'consumed', 'mr0', 'microseconds used since the last report'),
            ],
        },
        {
            'label': 'SchedContextYieldTo', 'name': 'seL4_SchedContext_YieldTo',
            'service': 'seL4_SchedContext', 'when': 'MCS',
            'does': 'Let the thread of a scheduling context run next at its priority.',
            'params': [],
            'results': [
                ('seL4_Time', 'consumed', 'mr0', 'microseconds that thread used meanwhile'),
            ],
            'errors': [
                ('seL4_IllegalOperation',
                 'no thread is bound, it is the caller, or its priority is above the '
                 'caller\'s maximum'),
            ],
        },
    ]),
    ('sel4_arch', [
        {
            'label': 'X86PDPTMap', 'name': 'seL4_X86_PDPT_Map', 'service': 'seL4_X86_PDPT',
            'when': 'always',
            'does': 'Put a page-directory-pointer table into an address space.',
            'params': [
                ('seL4_X64_PML4', 'pml4', 'cap0', 'the address space'),
                ('seL4_Word', 'vaddr', 'mr0', 'any address in the 512 GiB it is to span'),
                ('seL4_X86_VMAttributes', 'attr', 'mr1', 'cache attributes of the table itself'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'the table is mapped already (0)'),
                ('seL4_InvalidCapability', 'pml4 is not an address space, or no longer (1)'),
                ('seL4_InvalidArgument', 'vaddr is not a user address (0)'),
                ('seL4_FailedLookup', 'pml4 is in no pool any more'),
                ('seL4_DeleteFirst', 'the place is taken by another table or a large page'),
            ],
        },
        {
            'label': 'X86PDPTUnmap', 'name': 'seL4_X86_PDPT_Unmap', 'service': 'seL4_X86_PDPT',
            'when': 'always',
            'does': 'Take a page-directory-pointer table out of its address space and clear it.',
            'params': [],
            'errors': [
                ('seL4_RevokeFirst', 'there are other capabilities to the table'),
            ],
        },
        {
            'label': 'X86VCPUReadMSR', 'name': 'seL4_X86_VCPU_ReadMSR',
            'service': 'seL4_X86_VCPU', 'when': 'VTX64',
            'does': 'Read a model-specific register of a guest.',
            'params': [
                ('seL4_Word', 'field', 'mr0', 'register number'),
            ],
            'results': [
                ('seL4_Word', 'value', 'mr0', 'its value'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'no such register'),
            ],
        },
        {
            'label': 'X86VCPUWriteMSR', 'name': 'seL4_X86_VCPU_WriteMSR',
            'service': 'seL4_X86_VCPU', 'when': 'VTX64',
            'does': 'Set a model-specific register of a guest.',
            'params': [
                ('seL4_Word', 'field', 'mr0', 'register number'),
                ('seL4_Word', 'value', 'mr1', 'new value'),
            ],
            'results': [
                ('seL4_Word', 'written', 'mr0', 'the value in force afterwards'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'no such register'),
            ],
        },
    ]),
    ('arch', [
        {
            'label': 'X86PageDirectoryMap', 'name': 'seL4_X86_PageDirectory_Map',
            'service': 'seL4_X86_PageDirectory', 'when': 'always',
            'does': 'Put a page directory into an address space.',
            'params': [
                ('seL4_CPtr', 'vspace', 'cap0', 'the address space'),
                ('seL4_Word', 'vaddr', 'mr0', 'any address in the 1 GiB it is to span'),
                ('seL4_X86_VMAttributes', 'attr', 'mr1', 'cache attributes of the table itself'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'the table is mapped already (0)'),
                ('seL4_InvalidCapability', 'vspace is not an address space, or no longer (1)'),
                ('seL4_InvalidArgument', 'vaddr is not a user address (0)'),
                ('seL4_FailedLookup', 'vspace is in no pool any more, or there is no PDPT yet'),
                ('seL4_DeleteFirst', 'the place is taken by another table or a large page'),
            ],
        },
        {
            'label': 'X86PageDirectoryUnmap', 'name': 'seL4_X86_PageDirectory_Unmap',
            'service': 'seL4_X86_PageDirectory', 'when': 'always',
            'does': 'Take a page directory out of its address space and clear it.',
            'params': [],
            'errors': [
                ('seL4_RevokeFirst', 'there are other capabilities to the table'),
            ],
        },
        {
            'label': 'X86PageTableMap', 'name': 'seL4_X86_PageTable_Map',
            'service': 'seL4_X86_PageTable', 'when': 'always',
            'does': 'Put a page table into an address space.',
            'params': [
                ('seL4_CPtr', 'vspace', 'cap0', 'the address space'),
                ('seL4_Word', 'vaddr', 'mr0', 'any address in the 2 MiB it is to span'),
                ('seL4_X86_VMAttributes', 'attr', 'mr1', 'cache attributes of the table itself'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'the table is mapped already (0)'),
                ('seL4_InvalidCapability', 'vspace is not an address space, or no longer (1)'),
                ('seL4_InvalidArgument', 'vaddr is not a user address (0)'),
                ('seL4_FailedLookup',
                 'vspace is in no pool any more, or there is no PDPT or page directory yet'),
                ('seL4_DeleteFirst', 'the place is taken by another table or a large page'),
            ],
        },
        {
            'label': 'X86PageTableUnmap', 'name': 'seL4_X86_PageTable_Unmap',
            'service': 'seL4_X86_PageTable', 'when': 'always',
            'does': 'Take a page table out of its address space and clear it.',
            'params': [],
            'errors': [
                ('seL4_RevokeFirst', 'there are other capabilities to the table'),
            ],
        },
        {
            'label': 'X86IOPageTableMap', 'name': 'seL4_X86_IOPageTable_Map',
            'service': 'seL4_X86_IOPageTable', 'when': 'IOMMU',
            'does': 'Put a page table into a device\'s address space, at the first level free.',
            'params': [
                ('seL4_X86_IOSpace', 'iospace', 'cap0', 'address space of the device'),
                ('seL4_Word', 'ioaddr', 'mr0', 'any device address in its span'),
            ],
            'errors': [
                ('seL4_InvalidCapability',
                 'the table is mapped already, or iospace not a device\'s (0)'),
                ('seL4_DeleteFirst', 'all levels are there and the place is taken'),
            ],
        },
        {
            'label': 'X86IOPageTableUnmap', 'name': 'seL4_X86_IOPageTable_Unmap',
            'service': 'seL4_X86_IOPageTable', 'when': 'IOMMU',
            'does': 'Take a page table out of a device\'s address space.',
            'params': [],
        },
        {
            'label': 'X86PageMap', 'name': 'seL4_X86_Page_Map', 'service': 'seL4_X86_Page',
            'when': 'always',
            'does': 'Map a frame into an address space, or change rights of the mapping it has.',
            'params': [
                ('seL4_CPtr', 'vspace', 'cap0', 'the address space'),
                ('seL4_Word', 'vaddr', 'mr0', 'address, a multiple of the frame size'),
                ('seL4_CapRights_t', 'rights', 'mr1',
                 'read and write; no more than the capability itself has'),
                ('seL4_X86_VMAttributes', 'attr', 'mr2', 'cache attributes'),
            ],
            'rights':
                'the mapping has the rights that both the frame capability and `rights` have; '
                'write without read is no access',
            'errors': [
                ('seL4_InvalidCapability',
                 'vspace is not an address space or no longer, or the frame is mapped in '
                 'another (1)'),
                ('seL4_IllegalOperation', 'the frame is mapped for a device or guest'),
                ('seL4_InvalidArgument',
                 'the frame is mapped at another address, or vaddr is not a user address (0)'),
                ('seL4_FailedLookup',
                 'vspace is in no pool any more, or a table is missing; see '
                 'seL4_MappingFailedLookupLevel()'),
                ('seL4_AlignmentError', 'vaddr is not a multiple of the frame size'),
                ('seL4_DeleteFirst', 'a table is where the large frame would go'),
            ],
        },
        {
            'label': 'X86PageUnmap', 'name': 'seL4_X86_Page_Unmap', 'service': 'seL4_X86_Page',
            'when': 'always',
            'does': 'Undo the mapping of a frame; nothing happens if there is none.',
            'params': [],
        },
        {
            'label': 'X86PageMapIO', 'name': 'seL4_X86_Page_MapIO', 'service': 'seL4_X86_Page',
            'when': 'IOMMU',
            'does': 'Map a frame into a device\'s address space.',
            'params': [
                ('seL4_X86_IOSpace', 'iospace', 'cap0', 'address space of the device'),
                ('seL4_CapRights_t', 'rights', 'mr0', 'read and write'),
                ('seL4_Word', 'ioaddr', 'mr1', 'device address'),
            ],
            'rights': 'the mapping has the rights that both the frame capability and `rights` have',
            'errors': [
                ('seL4_InvalidCapability',
                 'the frame is not of 4 KiB or mapped already, or iospace not a device\'s (0)'),
                ('seL4_FailedLookup', 'a table is missing'),
                ('seL4_DeleteFirst', 'the place is taken'),
                ('seL4_InvalidArgument', 'no right is left (0)'),
            ],
        },
        {
            'label': 'X86PageGetAddress', 'name': 'seL4_X86_Page_GetAddress',
            'service': 'seL4_X86_Page', 'when': 'always',
            'does': 'Tell the physical address of a frame.',
            'params': [],
            'results': [
                ('seL4_Word', 'paddr', 'mr0', 'physical address'),
            ],
        },
        {
            'label': 'X86PageMapEPT', 'name': 'seL4_X86_Page_MapEPT', 'service': 'seL4_X86_Page',
            'when': 'VTX',
            'does': 'Map a frame into a guest\'s physical address space.',
            'params': [
                ('seL4_X86_EPTPML4', 'eptpml4', 'cap0', 'address space of the guest'),
                ('seL4_Word', 'gpa', 'mr0', 'guest-physical address, a multiple of the frame size'),
                ('seL4_CapRights_t', 'rights', 'mr1', 'read and write'),
                ('seL4_X86_EPT_VMAttributes', 'attr', 'mr2', 'cache attributes'),
            ],
            'rights':
                'the mapping is readable; writable if both the frame capability and `rights` say '
                'so',
            'errors': [
                ('seL4_InvalidCapability', 'the frame is mapped already or of 1 GiB (0)'),
                ('seL4_InvalidCapability', 'eptpml4 is not an EPT PML4 in a pool (1)'),
                ('seL4_FailedLookup', 'eptpml4 is in no pool any more, or a table is missing'),
                ('seL4_AlignmentError', 'gpa is not a multiple of the frame size'),
                ('seL4_DeleteFirst', 'the place is taken'),
            ],
        },
        {
            'label': 'X86ASIDControlMakePool', 'name': 'seL4_X86_ASIDControl_MakePool',
            'service': 'seL4_X86_ASIDControl', 'when': 'always',
            'does': 'Make a pool of 512 address-space identifiers from untyped memory.',
            'params': [
                ('seL4_Untyped', 'untyped', 'cap0', 'unused memory of 4 KiB that is not a device'),
                ('seL4_CNode', 'root', 'cap1', 'CNode from which the destination is found'),
                ('seL4_Word', 'index', 'mr0', 'address of the empty destination slot'),
                ('seL4_Uint8', 'depth', 'mr1@0..7', 'bits of index to resolve, 1 to 64'),
            ],
            'errors': [
                ('seL4_DeleteFirst', 'there are 8 pools already'),
                ('seL4_InvalidCapability', 'untyped is not memory of that kind (1)'),
                ('seL4_RevokeFirst', 'the memory is in use'),
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
            ],
        },
        {
            'label': 'X86ASIDPoolAssign', 'name': 'seL4_X86_ASIDPool_Assign',
            'service': 'seL4_X86_ASIDPool', 'when': 'always',
            'does': 'Give a top-level page table an identifier, which makes it an address space.',
            'params': [
                ('seL4_CPtr', 'vspace', 'cap0', 'PML4 (with VT-x also EPT PML4) without one'),
            ],
            'errors': [
                ('seL4_InvalidCapability',
                 'vspace is not a top-level page table or has an identifier (1)'),
                ('seL4_FailedLookup', 'the pool is no longer in use'),
                ('seL4_InvalidCapability', 'another pool took its place (0)'),
                ('seL4_DeleteFirst', 'the pool is full'),
            ],
        },
        {
            'label': 'X86IOPortControlIssue', 'name': 'seL4_X86_IOPortControl_Issue',
            'service': 'seL4_X86_IOPortControl', 'when': 'always',
            'does': 'Make a capability for a range of I/O ports.',
            'params': [
                ('seL4_Word', 'first_port', 'mr0', 'first port; the low 16 bits count'),
                ('seL4_Word', 'last_port', 'mr1', 'last port, included; the low 16 bits count'),
                ('seL4_CNode', 'root', 'cap0', 'CNode from which the destination is found'),
                ('seL4_Word', 'index', 'mr2', 'address of the empty destination slot'),
                ('seL4_Uint8', 'depth', 'mr3@0..7', 'bits of index to resolve, 1 to 64'),
            ],
            'errors': [
                ('seL4_InvalidArgument', 'last_port is below first_port (1)'),
                ('seL4_RevokeFirst', 'one of the ports is in use'),
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
            ],
        },
        {
            'label': 'X86IOPortIn8', 'name': 'seL4_X86_IOPort_In8', 'service': 'seL4_X86_IOPort',
            'when': 'always',
            'does': 'Read a byte from an I/O port.',
            'params': [
                ('seL4_Uint16', 'port', 'mr0@0..15', 'port, in the range of the capability'),
            ],
            'results': [
                ('seL4_Uint8', 'result', 'mr0@0..7', 'what was read'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'a port is outside the range of the capability'),
            ],
        },
        {
            'label': 'X86IOPortIn16', 'name': 'seL4_X86_IOPort_In16', 'service': 'seL4_X86_IOPort',
            'when': 'always',
            'does': 'Read 16 bits from an I/O port.',
            'params': [
                ('seL4_Uint16', 'port', 'mr0@0..15',
                 'first of two ports, in the range of the capability'),
            ],
            'results': [
                ('seL4_Uint16', 'result', 'mr0@0..15', 'what was read'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'a port is outside the range of the capability'),
            ],
        },
        {
            'label': 'X86IOPortIn32', 'name': 'seL4_X86_IOPort_In32', 'service': 'seL4_X86_IOPort',
            'when': 'always',
            'does': 'Read 32 bits from an I/O port.',
            'params': [
                ('seL4_Uint16', 'port', 'mr0@0..15',
                 'first of four ports, in the range of the capability'),
            ],
            'results': [
                ('seL4_Uint32', 'result', 'mr0@0..31', 'what was read'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'a port is outside the range of the capability'),
            ],
        },
        {
            'label': 'X86IOPortOut8', 'name': 'seL4_X86_IOPort_Out8', 'service': 'seL4_X86_IOPort',
            'when': 'always',
            'does': 'Write a byte to an I/O port.',
            'params': [
                ('seL4_Word', 'port', 'mr0', 'port, in the range of the capability'),
                ('seL4_Word', 'data', 'mr1', 'what to write; the low 8 bits count'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'a port is outside the range of the capability'),
            ],
        },
        {
            'label': 'X86IOPortOut16', 'name': 'seL4_X86_IOPort_Out16',
            'service': 'seL4_X86_IOPort', 'when': 'always',
            'does': 'Write 16 bits to an I/O port.',
            'params': [
                ('seL4_Word', 'port', 'mr0', 'first of two ports, in the range of the capability'),
                ('seL4_Word', 'data', 'mr1', 'what to write; the low 16 bits count'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'a port is outside the range of the capability'),
            ],
        },
        {
            'label': 'X86IOPortOut32', 'name': 'seL4_X86_IOPort_Out32',
            'service': 'seL4_X86_IOPort', 'when': 'always',
            'does': 'Write 32 bits to an I/O port.',
            'params': [
                ('seL4_Word', 'port', 'mr0', 'first of four ports, in the range of the capability'),
                ('seL4_Word', 'data', 'mr1', 'what to write; the low 32 bits count'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'a port is outside the range of the capability'),
            ],
        },
        {
            'label': 'X86IRQIssueIRQHandlerIOAPIC', 'name': 'seL4_IRQControl_GetIOAPIC',
            'service': 'seL4_IRQControl', 'when': 'always',
            'does': 'Make a handler capability for an input of an I/O APIC.',
            'params': [
                ('seL4_CNode', 'root', 'cap0', 'CNode from which the destination is found'),
                ('seL4_Word', 'index', 'mr0', 'address of the empty destination slot'),
                ('seL4_Uint8', 'depth', 'mr1@0..7', 'bits of index to resolve, 1 to 64'),
                ('seL4_Word', 'ioapic', 'mr2', 'which I/O APIC, from 0'),
                ('seL4_Word', 'pin', 'mr3', 'which of its inputs, from 0'),
                ('seL4_Word', 'level', 'mr4', '1 for level triggered, 0 for edge triggered'),
                ('seL4_Word', 'polarity', 'mr5', '1 for active low, 0 for active high'),
                ('seL4_Word', 'vector', 'mr6', 'interrupt vector to use, 0 to 107'),
            ],
            'errors': [
                ('seL4_RangeError', 'vector is above 107'),
                ('seL4_RevokeFirst', 'the vector is in use'),
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
                ('seL4_IllegalOperation', 'there is no I/O APIC'),
                ('seL4_RangeError', 'ioapic, pin, level or polarity is too large'),
            ],
        },
        {
            'label': 'X86IRQIssueIRQHandlerMSI', 'name': 'seL4_IRQControl_GetMSI',
            'service': 'seL4_IRQControl', 'when': 'always',
            'does': 'Make a handler capability for a message-signalled interrupt.',
            'params': [
                ('seL4_CNode', 'root', 'cap0', 'CNode from which the destination is found'),
                ('seL4_Word', 'index', 'mr0', 'address of the empty destination slot'),
                ('seL4_Uint8', 'depth', 'mr1@0..7', 'bits of index to resolve, 1 to 64'),
                ('seL4_Word', 'pci_bus', 'mr2', 'PCI bus of the device, 0 to 255'),
                ('seL4_Word', 'pci_dev', 'mr3', 'PCI device number, 0 to 31'),
                ('seL4_Word', 'pci_func', 'mr4', 'PCI function number, 0 to 7'),
                ('seL4_Word', 'handle', 'mr5', 'recorded only'),
                ('seL4_Word', 'vector', 'mr6', 'interrupt vector to use, 0 to 107'),
            ],
            'errors': [
                ('seL4_RangeError', 'vector is above 107'),
                ('seL4_RevokeFirst', 'the vector is in use'),
                ('seL4_RangeError', 'the depth of the destination is not 1 to 64'),
                ('seL4_FailedLookup', 'the destination slot is not found'),
                ('seL4_DeleteFirst', 'the destination slot is not empty'),
                ('seL4_RangeError', 'pci_bus, pci_dev or pci_func is too large'),
            ],
        },
        {
            'label': 'TCBSetEPTRoot', 'name': 'seL4_TCB_SetEPTRoot', 'service': 'seL4_TCB',
            'when': 'VTX',
            'does': 'Set the guest-physical address space of a thread\'s virtual processor.',
            'params': [
                ('seL4_X86_EPTPML4', 'eptpml4', 'cap0', 'EPT PML4, assigned to a pool'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'eptpml4 is not an EPT PML4 in a pool'),
            ],
        },
        {
            'label': 'X86VCPUSetTCB', 'name': 'seL4_X86_VCPU_SetTCB', 'service': 'seL4_X86_VCPU',
            'when': 'VTX',
            'does': 'Bind a virtual processor to the thread that runs it.',
            'params': [
                ('seL4_TCB', 'tcb', 'cap0', 'the thread'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'tcb is not a thread'),
            ],
        },
        {
            'label': 'X86VCPUReadVMCS', 'name': 'seL4_X86_VCPU_ReadVMCS',
            'service': 'seL4_X86_VCPU', 'when': 'VTX',
            'does': 'Read a field of the virtual-machine control structure.',
            'params': [
                ('seL4_Word', 'field', 'mr0', 'field number in Intel\'s encoding'),
            ],
            'results': [
                ('seL4_Word', 'value', 'mr0', 'its value'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'field is not one that programs may use'),
            ],
        },
        {
            'label': 'X86VCPUWriteVMCS', 'name': 'seL4_X86_VCPU_WriteVMCS',
            'service': 'seL4_X86_VCPU', 'when': 'VTX',
            'does': 'Set a field of the virtual-machine control structure.',
            'params': [
                ('seL4_Word', 'field', 'mr0', 'field number in Intel\'s encoding'),
                ('seL4_Word', 'value', 'mr1', 'new value'),
            ],
            'results': [
                ('seL4_Word', 'written', 'mr0',
                 'the value in force afterwards; fixed control bits may differ'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'field is not one that programs may use'),
            ],
        },
        {
            'label': 'X86VCPUEnableIOPort', 'name': 'seL4_X86_VCPU_EnableIOPort',
            'service': 'seL4_X86_VCPU', 'when': 'VTX',
            'does': 'Let a guest use a range of I/O ports directly.',
            'params': [
                ('seL4_X86_IOPort', 'ioPort', 'cap0', 'capability that covers the range'),
                ('seL4_Word', 'low', 'mr0', 'first port'),
                ('seL4_Word', 'high', 'mr1', 'last port, included'),
            ],
            'errors': [
                ('seL4_IllegalOperation', 'ioPort is not a port capability'),
                ('seL4_InvalidArgument', 'the range is outside it (0)'),
            ],
        },
        {
            'label': 'X86VCPUDisableIOPort', 'name': 'seL4_X86_VCPU_DisableIOPort',
            'service': 'seL4_X86_VCPU', 'when': 'VTX',
            'does': 'Intercept a guest\'s use of a range of I/O ports.',
            'params': [
                ('seL4_Word', 'low', 'mr0', 'first port'),
                ('seL4_Word', 'high', 'mr1', 'last port, included'),
            ],
        },
        {
            'label': 'X86VCPUWriteRegisters', 'name': 'seL4_X86_VCPU_WriteRegisters',
            'service': 'seL4_X86_VCPU', 'when': 'VTX',
            'does': 'Set the general registers of a guest.',
            'params': [
                ('seL4_VCPUContext *', 'regs', 'all@0', 'the registers'),
            ],
        },
        {
            'label': 'X86EPTPDPTMap', 'name': 'seL4_X86_EPTPDPT_Map', 'service': 'seL4_X86_EPTPDPT',
            'when': 'VTX',
            'does': 'Put an EPT page-directory-pointer table into a guest\'s address space.',
            'params': [
                ('seL4_X86_EPTPML4', 'eptpml4', 'cap0', 'address space of the guest'),
                ('seL4_Word', 'gpa', 'mr0', 'any guest-physical address in its span of 512 GiB'),
                ('seL4_X86_EPT_VMAttributes', 'attr', 'mr1', 'cache attributes'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'the table is mapped already (0)'),
                ('seL4_InvalidCapability', 'eptpml4 is not an EPT PML4, or no longer (1)'),
                ('seL4_FailedLookup', 'eptpml4 is in no pool'),
                ('seL4_DeleteFirst', 'the place is taken'),
            ],
        },
        {
            'label': 'X86EPTPDPTUnmap', 'name': 'seL4_X86_EPTPDPT_Unmap',
            'service': 'seL4_X86_EPTPDPT', 'when': 'VTX',
            'does': 'Take an EPT page-directory-pointer table out of its address space.',
            'params': [],
            'errors': [
                ('seL4_RevokeFirst', 'there are other capabilities to the table'),
            ],
        },
        {
            'label': 'X86EPTPDMap', 'name': 'seL4_X86_EPTPD_Map', 'service': 'seL4_X86_EPTPD',
            'when': 'VTX',
            'does': 'Put an EPT page directory into a guest\'s address space.',
            'params': [
                ('seL4_X86_EPTPML4', 'eptpml4', 'cap0', 'address space of the guest'),
                ('seL4_Word', 'gpa', 'mr0', 'any guest-physical address in its span of 1 GiB'),
                ('seL4_X86_EPT_VMAttributes', 'attr', 'mr1', 'cache attributes'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'the table is mapped already (0)'),
                ('seL4_InvalidCapability', 'eptpml4 is not an EPT PML4, or no longer (1)'),
                ('seL4_FailedLookup', 'eptpml4 is in no pool, or there is no EPT PDPT yet'),
                ('seL4_DeleteFirst', 'the place is taken'),
            ],
        },
        {
            'label': 'X86EPTPDUnmap', 'name': 'seL4_X86_EPTPD_Unmap', 'service': 'seL4_X86_EPTPD',
            'when': 'VTX',
            'does': 'Take an EPT page directory out of its address space.',
            'params': [],
            'errors': [
                ('seL4_RevokeFirst', 'there are other capabilities to the table'),
            ],
        },
        {
            'label': 'X86EPTPTMap', 'name': 'seL4_X86_EPTPT_Map', 'service': 'seL4_X86_EPTPT',
            'when': 'VTX',
            'does': 'Put an EPT page table into a guest\'s address space.',
            'params': [
                ('seL4_X86_EPTPML4', 'eptpml4', 'cap0', 'address space of the guest'),
                ('seL4_Word', 'gpa', 'mr0', 'any guest-physical address in its span of 2 MiB'),
                ('seL4_X86_EPT_VMAttributes', 'attr', 'mr1', 'cache attributes'),
            ],
            'errors': [
                ('seL4_InvalidCapability', 'the table is mapped already (0)'),
                ('seL4_InvalidCapability', 'eptpml4 is not an EPT PML4, or no longer (1)'),
                ('seL4_FailedLookup',
                 'eptpml4 is in no pool, or there is no EPT PDPT or page directory yet'),
                ('seL4_DeleteFirst', 'the place is taken'),
            ],
        },
        {
            'label': 'X86EPTPTUnmap', 'name': 'seL4_X86_EPTPT_Unmap', 'service': 'seL4_X86_EPTPT',
            'when': 'VTX',
            'does': 'Take an EPT page table out of its address space.',
            'params': [],
            'errors': [
                ('seL4_RevokeFirst', 'there are other capabilities to the table'),
            ],
        },
    ]),
]

# Result structs that programs may name although no method of this processor returns them.
OTHER_RESULTS = [
    ('seL4_X86_PageDirectory_GetStatusBits_t', [
        ('seL4_Word', 'accessed'),
        ('seL4_Word', 'dirty'),
    ]),
]
