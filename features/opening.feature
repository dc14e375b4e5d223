Feature: Who may use a key
  An RSA key is used in every way that there is. Whoever may use it may use it in all of them, and
  whoever may not may not in any.

  Scenario Outline: <who> opens every use of its key <where>
    Given an RSA2048 key with a token set
    Then <opener> opens every use of the key <where>

    @KMS2-TOK-018
    Examples: API 2.0
      | who             | opener           | where        |
      | An access token | the access token | over API 2.0 |

    @KMS1-V1-028
    Examples: API 1.0
      | who        | opener      | where        |
      | An account | the account | over API 1.0 |

  @KMS2-TOK-011
  Scenario: The token of another key opens no use
    Given an RSA2048 key with a token set
    And another key with a token set
    And the other access token works
    Then the other access token opens no use of the key

  @KMS2-TOK-013
  Scenario: A refresh token opens no use
    Given an RSA2048 key with a token set
    And the refresh token works
    Then the refresh token opens no use of the key

  @KMS2-TOK-016
  Scenario: Nobody without credentials opens any use
    Given an RSA2048 key with a token set
    And the access token opens every use of the key
    Then nobody opens any use of the key

  Scenario Outline: An access token with <flaw> opens no use
    Given an RSA2048 key with a token set
    And the access token opens every use of the key
    When the access token comes back with <flaw>
    Then the forged token opens no use of the key

    @KMS2-TOK-020
    Examples: altered
      | flaw                       |
      | a later end                |
      | a bit of its signature off |

    @KMS2-TOK-021
    Examples: unsigned
      | flaw               |
      | the algorithm none |

    @KMS2-TOK-023
    Examples: by somebody else
      | flaw           |
      | another signer |

  @KMS2-CRE-004
  Scenario Outline: When the creator is <changed>, its access token opens no use
    Given an RSA2048 key with a token set
    And the access token opens every use of the key
    When the creator is <changed>
    Then the access token opens no use of the key

    Examples:
      | changed  |
      | replaced |
      | disabled |

  @KMS2-TOK-030
  Scenario: When its time is over, an access token opens no use
    Given an RSA2048 key
    And the creator is enabled
    And the clock stands still
    And a token set is issued with 1 hour for the access token
    And the access token opens every use of the key
    When it is 61 seconds after the end of the access token
    Then the access token opens no use of the key

  @KMS2-ACL-002
  Scenario: Switched on, the IP ACL lets the access token open no use
    Given an RSA2048 key with a token set
    And the access token opens every use of the key
    When the IP ACL is switched on
    Then the access token opens no use of the key

  @KMS2-ACL-005
  Scenario: From a listed address an access token opens every use, and from another none
    Given an RSA2048 key with a token set
    And the IP ACL is switched on
    When the first address is added
    Then the access token opens every use of the key from the first address
    And the access token opens no use of the key from the second address

  Scenario Outline: While the key is <state>, <who> opens no use <where>
    Given an RSA2048 key with a token set
    And <opener> opens every use of the key <where>
    When <change>
    Then <opener> opens no use of the key but its public key <where>

    @KMS2-KEY-016
    Examples: disabled
      | state    | who         | opener      | where        | change              |
      | disabled | the account | the account | over API 2.0 | the key is disabled |

    @KMS2-KEY-018
    Examples: disabled, for tokens
      | state    | who             | opener           | where        | change              |
      | disabled | an access token | the access token | over API 2.0 | the key is disabled |

    @KMS2-DEL-005
    Examples: pending
      | state            | who             | opener           | where        | change                               |
      | pending deletion | the account     | the account      | over API 2.0 | the deletion of the key is requested |
      | pending deletion | an access token | the access token | over API 2.0 | the deletion of the key is requested |

    @KMS1-V1-029
    Examples: API 1.0
      | state    | who         | opener      | where        | change              |
      | disabled | the account | the account | over API 1.0 | the key is disabled |

    @KMS1-V1-030
    Examples: API 1.0, pending
      | state            | who         | opener      | where        | change                               |
      | pending deletion | the account | the account | over API 1.0 | the deletion of the key is requested |

  @KMS2-KEY-025
  Scenario Outline: A key that is <state> does not tell its public key
    Given an RSA2048 key
    And the account opens every use of the key
    When <change>
    And I ask for the public key with the account
    Then the call is refused

    Examples:
      | state            | change                               |
      | disabled         | the key is disabled                  |
      | pending deletion | the deletion of the key is requested |

  Scenario Outline: A viewer opens no use of a key <where>
    Given an RSA2048 key
    And the account opens every use of the key <where>
    Then the viewer opens no use of the key but its public key <where>

    @KMS2-ACC-008
    Examples: API 2.0
      | where        |
      | over API 2.0 |

    @KMS1-V1-031
    Examples: API 1.0
      | where        |
      | over API 1.0 |

  Scenario Outline: A key that does not exist has no use <where>
    Given an RSA2048 key
    And the account opens every use of the key <where>
    And a key that does not exist
    Then the account opens no use of the key <where>

    @KMS2-KEY-011
    Examples: API 2.0
      | where        |
      | over API 2.0 |

    @KMS1-V1-032
    Examples: API 1.0
      | where        |
      | over API 1.0 |

  @KMS2-KEY-011
  Scenario Outline: To <manage> is refused where the key does not exist
    Given a key with a token set
    And the key is such that the account can <manage>
    When I <manage> as the account where the key does not exist
    Then the call is refused
    And the account can still <manage>

    Examples:
      | manage                          |
      | ask about the key               |
      | enable the key                  |
      | disable the key                 |
      | rename the key                  |
      | change the memo                 |
      | request the deletion            |
      | cancel the deletion             |
      | delete the key                  |
      | rotate the key                  |
      | change the rotation period      |
      | switch automatic rotation on    |
      | switch automatic rotation off   |
      | list the versions               |
      | enable a version                |
      | disable a version               |
      | read the activity log           |
      | ask for the last use            |
      | ask about the creator           |
      | enable the creator              |
      | replace the creator             |
      | disable the creator             |
      | ask for a token set             |
      | switch the IP ACL on            |
      | switch the IP ACL off           |
      | read the IP ACL                 |
      | add an address to the IP ACL    |
      | delete an address of the IP ACL |

    @needs-isolated
    Examples:
      | manage          |
      | migrate the key |
