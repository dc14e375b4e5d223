Feature: Calls of an account
  An account signs each call with its secret key and the time of the call.

  Background:
    Given a key

  @KMS2-ACC-001
  Scenario: A signed call is accepted
    When I ask about the key
    Then the call is accepted

  @KMS2-ACC-002
  Scenario Outline: A call signed with <flaw> is refused
    Given the key serves the account
    When I ask about the key, signed with <flaw>
    Then the call is refused

    Examples:
      | flaw                     |
      | another secret key       |
      | an empty secret key      |
      | an unknown access key    |
      | another method           |
      | the path of another key  |
      | another query            |
      | another time             |
      | a letter of it off       |
      | an empty signature       |
      | no signature             |
      | no access key            |
      | no time                  |
      | a time that is no number |
      | nothing                  |

  @KMS2-ACC-002
  Scenario Outline: An encryption signed with <flaw> is refused
    Given the key serves the account
    When I encrypt, signed with <flaw>
    Then the call is refused

    Examples:
      | flaw                    |
      | another secret key      |
      | another method          |
      | the path of another key |
      | another time            |
      | no signature            |

  @KMS2-ACC-003
  Scenario Outline: A call from a clock <time> <side> is <answer>
    Given the key serves the account
    When I ask about the key by a clock <time> <side>
    Then the call is <answer>

    Examples:
      | time       | side   | answer   |
      | 4 minutes  | behind | accepted |
      | 4 minutes  | ahead  | accepted |
      | 6 minutes  | behind | refused  |
      | 6 minutes  | ahead  | refused  |
      | 9000 hours | behind | refused  |
      | 9000 hours | ahead  | refused  |

  @KMS2-ACC-004 @needs-clock
  Scenario Outline: With five minutes the call is out: <time> <side> is <answer>
    Given the clock stands still
    When I ask about the key by a clock <time> <side>
    Then the call is <answer>

    Examples:
      | time                     | side   | answer   |
      | 4 minutes and 59 seconds | behind | accepted |
      | 4 minutes and 59 seconds | ahead  | accepted |
      | 5 minutes                | behind | refused  |
      | 5 minutes                | ahead  | refused  |

  @KMS2-ACC-005
  Scenario Outline: The query is signed as it is sent: <query>
    When I list keys by the query "<query>"
    Then the answer is a list of keys

    Examples:
      | query                   |
      | pageNo=1&pageSize=10    |
      | pageSize=10&pageNo=1    |
      | pageNo=1&pageSize=10&x= |
      | pageNo=%31&pageSize=10  |

  @KMS2-ACC-011
  Scenario Outline: A call with another body than it was signed with is taken for what it says, <way>
    When I encrypt, signed for another body, <way>
    Then the call is accepted
    When I decrypt the ciphertext <way>
    Then the plaintext comes back

    Examples:
      | way              |
      | with the account |

    @needs-api10
    Examples:
      | way          |
      | over API 1.0 |

  @KMS2-ACC-012
  Scenario Outline: Two bodies under one signature are each taken for what they say, <way>
    When I encrypt two texts under one signature <way>
    Then the call is accepted
    When I decrypt the ciphertexts <way>
    Then the plaintexts come back in order

    Examples:
      | way              |
      | with the account |

    @needs-api10
    Examples:
      | way          |
      | over API 1.0 |

  @KMS2-ACC-012
  Scenario Outline: A call that is sent again as it was is accepted, <way>
    When I encrypt twice by the same call <way>
    Then the call is accepted

    Examples:
      | way              |
      | with the account |

    @needs-api10
    Examples:
      | way          |
      | over API 1.0 |

  @KMS2-ACC-006
  Scenario: A wrong signature is unauthorized
    When I ask about the key, signed with another secret key
    Then the call is refused as unauthorized

  @KMS2-ACC-007
  Scenario Outline: A viewer may <look>
    When I <look> as the viewer
    Then the call is accepted

    Examples:
      | look                  |
      | ask about the key     |
      | list the keys         |
      | list the versions     |
      | read the activity log |
      | ask for the last use  |
      | ask about the creator |
      | read the IP ACL       |

  @KMS2-ACC-008
  Scenario Outline: A viewer may not <manage>
    Given the creator is enabled
    And the key is such that the account can <manage>
    When I <manage> as the viewer
    Then the call is refused
    And the account can still <manage>

    Examples:
      | manage                          |
      | create a key                    |
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
      | enable a version                |
      | disable a version               |
      | enable the creator              |
      | replace the creator             |
      | disable the creator             |
      | ask for a token set             |
      | switch the IP ACL on            |
      | switch the IP ACL off           |
      | add an address to the IP ACL    |
      | delete an address of the IP ACL |

    @needs-isolated
    Examples:
      | manage          |
      | migrate the key |

  @KMS2-ACC-008
  Scenario Outline: A viewer may not <operation> with the key
    Given the key serves the account
    When I <operation> with the viewer
    Then the call is refused

    Examples:
      | operation           |
      | encrypt             |
      | decrypt             |
      | create a custom key |
      | re-encrypt          |

  @KMS2-ACC-008
  Scenario Outline: A viewer may not <operation> with the key
    Given an ECDSA key
    And the key serves the account
    When I <operation> with the viewer
    Then the call is refused

    Examples:
      | operation |
      | sign      |
      | verify    |

  @KMS2-ACC-009
  Scenario: What a viewer may not do is forbidden
    When I encrypt with the viewer
    Then the call is refused as forbidden
